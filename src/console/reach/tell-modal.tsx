import { Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reach } from '../api/reach.ts';
import { useStaff } from '../staff/bits.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

interface Words {
  title: string;
  text: string;
  url?: string;
}

/** An app message in WeCom to members of staff. */
export function TellModal({ staff, waiting, words, close }: { staff: string[]; waiting?: number; words?: Words; close: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { namesOf } = useStaff();
  const [form] = Form.useForm<Words>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const send = async (given: Words) => {
    setBusy(true);
    setFailed(undefined);
    try {
      const { title, text, url } = given;
      const sent = await reach.tell({ staff, title: title ?? '', text, ...(url ? { url } : {}) });
      const reached = sent.staff.length - sent.refused.length;
      if (sent.state === 'in_doubt') say.failed(new Error(t('reach.tell.doubt')));
      else if (reached > 0) say.done(t('reach.tell.sent', { n: reached }));
      if (sent.refused.length > 0) say.failed(new Error(t('reach.tell.refused', { n: sent.refused.length })));
      if (sent.stopped.length > 0) say.failed(new Error(t('reach.tell.stopped', { n: sent.stopped.length })));
      close();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const first = words ?? (waiting ? { title: t('reach.tell.nudgeTitle'), text: t('reach.tell.nudge', { n: waiting }) } : {});
  return (
    <Modal
      open
      title={t('reach.tell.title', { names: namesOf(staff) })}
      onCancel={close}
      okText={t('reach.tell.send')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={first} onFinish={send}>
        <Form.Item name="title" label={t('reach.tell.head')}>
          <Input maxLength={128} />
        </Form.Item>
        <Form.Item name="text" label={t('reach.tell.text')} rules={[{ required: true, message: t('common.required') }]}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={500} showCount data-testid="tell-text" />
        </Form.Item>
        <Form.Item name="url" label={t('reach.tell.url')} rules={[{ type: 'url', message: t('content.urlBad') }]}>
          <Input inputMode="url" placeholder="https://" />
        </Form.Item>
      </Form>
      {failed !== undefined && <ProblemView error={failed} />}
    </Modal>
  );
}
