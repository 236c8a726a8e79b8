import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input, Modal, Popconfirm, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { access, type Member, ROLES, type Role } from '../api/access.ts';
import { useMay, useSession } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { SecretModal } from './secret-modal.tsx';

interface NewMember {
  email: string;
  name: string;
  role: Role;
  password?: string;
}

function AddMember({ open, onClose, onPassword }: { open: boolean; onClose: () => void; onPassword: (password: string) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [form] = Form.useForm<NewMember>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const add = async (values: NewMember) => {
    setBusy(true);
    setFailed(undefined);
    try {
      const made = await access.addMember({ ...values, password: values.password || undefined });
      await client.invalidateQueries({ queryKey: ['members'] });
      form.resetFields();
      onClose();
      if (made.password) onPassword(made.password);
      else say.done(t('access.memberAdded'));
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('common.add')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      title={t('access.addMember')}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={add} initialValues={{ role: 'operator' }}>
        <Form.Item name="email" label={t('access.email')} rules={[{ required: true, type: 'email', message: t('access.emailBad') }]}>
          <Input data-testid="member-email" />
        </Form.Item>
        <Form.Item name="name" label={t('access.memberName')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
          <Input data-testid="member-name" />
        </Form.Item>
        <Form.Item name="role" label={t('access.role')}>
          <Select
            options={ROLES.map((role) => ({ value: role, label: t(`access.roles.${role}`) }))}
            optionRender={(option) => (
              <div>
                {option.label} <div className="soft small">{t(`access.roleHint.${option.value}`)}</div>
              </div>
            )}
            data-testid="member-role"
          />
        </Form.Item>
        <Form.Item name="password" label={t('access.passwordOptional')} rules={[{ min: 8, message: t('access.passwordShort') }]}>
          <Input.Password autoComplete="new-password" data-testid="member-password" />
        </Form.Item>
        {failed !== undefined && <ProblemView error={failed} />}
      </Form>
    </Modal>
  );
}

export default function MembersPage() {
  const { t } = useTranslation();
  const { user } = useSession();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [password, setPassword] = useState<string>();
  const query = useQuery({ queryKey: ['members'], queryFn: access.members });
  const write = may('members.write');
  const refresh = () => client.invalidateQueries({ queryKey: ['members'] });
  const change = async (one: Member, role: Role) => {
    try {
      await access.changeMember(one.id, { role });
      await refresh();
      undo(`${one.name}: ${t(`access.roles.${role}`)}`, () =>
        access.changeMember(one.id, { role: one.role }).then(refresh).catch(say.failed),
      );
    } catch (error) {
      say.failed(error);
    }
  };
  const isMe = (one: Member) => one.email === user.email;
  return (
    <Page
      title={t('access.members')}
      question={t('access.membersQuestion')}
      testId="members-page"
      extra={
        write && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="add-member">
            {t('access.addMember')}
          </Button>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {query.data && (
        <Card size="small">
          {query.data.items.map((one) => (
            <div
              key={one.id}
              className="row wrap between"
              style={{ padding: '10px 0', borderBottom: '1px solid var(--line)' }}
              data-testid="member"
            >
              <span style={{ flex: '1 1 220px', minWidth: 0 }}>
                <b style={{ fontWeight: 500 }}>{one.name}</b> {isMe(one) && <Tag>{t('access.you')}</Tag>}
                <div className="soft small">{one.email}</div>
              </span>
              <span className="soft small" style={{ flex: '1 1 200px' }}>
                {t(`access.roleHint.${one.role}`)}
              </span>
              <span className="row wrap">
                <Select
                  size="small"
                  value={one.role}
                  disabled={!write || isMe(one)}
                  style={{ width: 110 }}
                  onChange={(role) => change(one, role)}
                  options={ROLES.map((role) => ({ value: role, label: t(`access.roles.${role}`) }))}
                />
                {one.createdAt && (
                  <span className="soft small">
                    {t('access.joined')} <Time value={one.createdAt} />
                  </span>
                )}
                {write && !isMe(one) && (
                  <>
                    <Button
                      size="small"
                      type="text"
                      onClick={() =>
                        access
                          .newPassword(one.id)
                          .then((made) => setPassword(made.password))
                          .catch(say.failed)
                      }
                    >
                      {t('access.resetPassword')}
                    </Button>
                    <Popconfirm
                      title={t('access.removeSure', { name: one.name })}
                      okText={t('access.removeMember')}
                      okButtonProps={{ danger: true }}
                      onConfirm={() => access.removeMember(one.id).then(refresh).catch(say.failed)}
                    >
                      <Button size="small" type="text" danger>
                        {t('access.removeMember')}
                      </Button>
                    </Popconfirm>
                  </>
                )}
              </span>
            </div>
          ))}
        </Card>
      )}
      <AddMember open={adding} onClose={() => setAdding(false)} onPassword={setPassword} />
      <SecretModal
        title={t('access.memberAdded')}
        warning={t('access.passwordOnce')}
        secret={password}
        onClose={() => setPassword(undefined)}
      />
    </Page>
  );
}
