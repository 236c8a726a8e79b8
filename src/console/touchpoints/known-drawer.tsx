import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Switch } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type TouchpointSettings, touchpoints } from '../api/touchpoints.ts';
import { usePhone } from '../ui/hooks.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** Whether who scans inside WeChat is known by the official account. */
export function KnownDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['touchpoints', 'settings'], queryFn: touchpoints.settings, enabled: open });
  const [draft, setDraft] = useState<TouchpointSettings>();
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => setDraft(query.data), [query.data]);
  const save = async () => {
    setFailed(undefined);
    try {
      await touchpoints.saveSettings({ ...draft!, domainFile: draft!.domainFile?.trim() || null });
      await client.invalidateQueries({ queryKey: ['touchpoints', 'settings'] });
      say.saved();
      onClose();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Drawer
      title={t('touchpoint.known.title')}
      open={open}
      onClose={onClose}
      size={phone ? '100%' : 480}
      footer={
        <Button type="primary" block disabled={!draft} onClick={save} data-testid="save-known">
          {t('common.save')}
        </Button>
      }
    >
      {query.isError && <ProblemView error={query.error} />}
      {!draft && query.isPending && <Loading />}
      {draft && (
        <Form layout="vertical" component="div">
          <p className="soft">{t('touchpoint.known.how')}</p>
          <Form.Item label={t('touchpoint.known.on')}>
            <Switch checked={draft.knowInWechat} onChange={(knowInWechat) => setDraft({ ...draft, knowInWechat })} data-testid="known-on" />
          </Form.Item>
          <Form.Item label={t('touchpoint.known.file')} extra={t('touchpoint.known.fileHint')}>
            <Input
              value={draft.domainFile ?? ''}
              placeholder="MP_verify_xxxxxxxx.txt"
              onChange={(event) => setDraft({ ...draft, domainFile: event.target.value })}
            />
          </Form.Item>
        </Form>
      )}
      {failed !== undefined && <ProblemView error={failed} />}
    </Drawer>
  );
}
