import { useQueryClient } from '@tanstack/react-query';
import { Alert, AutoComplete, Button, Drawer, Form, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupPlans } from '../api/group-plans.ts';
import { useStaff } from '../staff/bits.tsx';
import { useSay } from '../ui/undo.tsx';

type Answer = Awaited<ReturnType<typeof groupPlans.handOver>>;

/** Groups of somebody who leaves, shared out among others. */
export function HandOverDrawer({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [answer, setAnswer] = useState<Answer>();
  const options = useStaff().items.map((one) => ({ value: one.id, label: one.name === one.id ? one.id : `${one.name} ${one.id}` }));
  const [busy, setBusy] = useState(false);
  const go = async (body: { from: string; to: string[] }) => {
    setBusy(true);
    try {
      setAnswer(await groupPlans.handOver(body));
      await client.invalidateQueries({ queryKey: ['groups'] });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Drawer open onClose={close} size={520} title={t('groupPlan.handOver')} data-testid="handover">
      <div className="stack">
        <span className="soft">{t('groupPlan.handOverText')}</span>
        <Form layout="vertical" onFinish={go}>
          <Form.Item name="from" label={t('groupPlan.from')} rules={[{ required: true, whitespace: true }]}>
            <AutoComplete
              options={options}
              showSearch={{ filterOption: (text, one) => String(one?.label ?? '').includes(text) }}
              data-testid="handover-from"
            />
          </Form.Item>
          <Form.Item name="to" label={t('groupPlan.to')} rules={[{ required: true }]}>
            <Select mode="tags" tokenSeparators={[',', '，', ' ']} options={options} optionFilterProp="label" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('groupPlan.handOver')}
          </Button>
        </Form>
        {answer && (
          <Alert
            type={answer.failed.length > 0 ? 'warning' : 'success'}
            showIcon
            title={t('groupPlan.handedOver', { moved: answer.moved.length })}
            description={
              <div className="stack tight">
                {answer.left > 0 && <span>{t('groupPlan.handOverLeft', { left: answer.left })}</span>}
                {answer.failed.slice(0, 20).map((one) => (
                  <span key={one.chatId}>
                    {one.chatId}: {one.reason}
                  </span>
                ))}
              </div>
            }
          />
        )}
      </div>
    </Drawer>
  );
}
