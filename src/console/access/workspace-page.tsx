import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { access } from '../api/access.ts';
import { ME_KEY, useMay, useSession } from '../shell/session.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { CurrencySelect, ZoneSelect } from './settings-form.tsx';

/** Runs a form's deed, keeping what went wrong for the form to show. */
function useDeed() {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const run = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await deed();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, failed, run };
}

function WorkspaceCard() {
  const { t } = useTranslation();
  const { workspace } = useSession();
  const may = useMay();
  const undo = useUndo();
  const say = useSay();
  const client = useQueryClient();
  const { busy, failed, run } = useDeed();
  const refresh = () => client.invalidateQueries({ queryKey: ME_KEY });
  const { name, timezone, currency } = workspace;
  const before = { name, timezone, currency };
  return (
    <Card size="small" title={t('access.workspace')}>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={before}
        disabled={!may('settings.write')}
        key={JSON.stringify(before)}
        onFinish={(values: typeof before) =>
          run(async () => {
            await access.changeWorkspace(values);
            await refresh();
            undo(t('common.saved'), () => access.changeWorkspace(before).then(refresh).catch(say.failed));
          })
        }
      >
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, whitespace: true, max: 100, message: t('common.required') }]}
        >
          <Input data-testid="workspace-name" />
        </Form.Item>
        <Form.Item name="timezone" label={t('access.timezone')} extra={t('access.timezoneHint')}>
          <ZoneSelect />
        </Form.Item>
        <Form.Item name="currency" label={t('access.currency')}>
          <CurrencySelect />
        </Form.Item>
        {failed !== undefined && <ProblemView error={failed} />}
        <Button type="primary" htmlType="submit" loading={busy} data-testid="save-workspace">
          {t('common.save')}
        </Button>
      </Form>
    </Card>
  );
}

function PasswordCard() {
  const { t } = useTranslation();
  const { user } = useSession();
  const say = useSay();
  const [form] = Form.useForm<{ current: string; next: string }>();
  const { busy, failed, run } = useDeed();
  return (
    <Card size="small" title={t('access.account')} extra={<span className="soft">{user.email}</span>}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ current, next }) =>
          run(async () => {
            await access.changePassword(current, next);
            form.resetFields();
            say.done(t('access.passwordChanged'));
          })
        }
      >
        <Form.Item name="current" label={t('access.currentPassword')} rules={[{ required: true, message: t('common.required') }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="next" label={t('access.newPassword')} rules={[{ required: true, min: 8, message: t('access.passwordShort') }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {failed !== undefined && (
          <div style={{ marginBottom: 12 }}>
            <ProblemView error={failed} />
          </div>
        )}
        <Button htmlType="submit" loading={busy}>
          {t('access.changePassword')}
        </Button>
      </Form>
    </Card>
  );
}

function NewWorkspaceCard() {
  const { t } = useTranslation();
  const { workspace } = useSession();
  const say = useSay();
  const client = useQueryClient();
  const [form] = Form.useForm<{ name: string }>();
  const { busy, failed, run } = useDeed();
  return (
    <Card size="small" title={t('access.newWorkspace')}>
      <p className="soft" style={{ marginTop: 0 }}>
        {t('access.newWorkspaceHint')}
      </p>
      <Form
        form={form}
        layout="inline"
        onFinish={({ name }) =>
          run(async () => {
            await access.addWorkspace({ name, timezone: workspace.timezone, currency: workspace.currency });
            await client.invalidateQueries({ queryKey: ME_KEY });
            form.resetFields();
            say.done(t('access.created'));
          })
        }
      >
        <Form.Item name="name" rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
          <Input placeholder={t('common.name')} data-testid="new-workspace-name" />
        </Form.Item>
        <Button htmlType="submit" loading={busy} data-testid="new-workspace">
          {t('access.newWorkspace')}
        </Button>
      </Form>
      {failed !== undefined && (
        <div style={{ marginTop: 12 }}>
          <ProblemView error={failed} />
        </div>
      )}
    </Card>
  );
}

export default function WorkspacePage() {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <Page title={t('access.workspace')} question={t('access.workspaceQuestion')} testId="workspace-page">
      <div className="grid two" style={{ alignItems: 'start' }}>
        <WorkspaceCard />
        <div className="stack loose">
          <PasswordCard />
          {may('workspaces.write') && <NewWorkspaceCard />}
        </div>
      </div>
    </Page>
  );
}
