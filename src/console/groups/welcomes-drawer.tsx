import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupWelcomes, type WelcomeBody, type WelcomeView } from '../api/group-plans.ts';
import { useMay } from '../shell/session.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

const bodyOf = ({ name, purpose, text, link }: WelcomeView): WelcomeBody => ({ name, purpose, text, ...(link ? { link } : {}) });

/** What newcomers are greeted with: written here, chosen by owners in WeCom. */
export function WelcomesDrawer({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [edited, setEdited] = useState<WelcomeView | 'new'>();
  const query = useQuery({ queryKey: ['groups', 'welcomes'], queryFn: groupWelcomes.list });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      setEdited(undefined);
      await client.invalidateQueries({ queryKey: ['groups', 'welcomes'] });
    } catch (error) {
      say.failed(error);
    }
  };
  const why = (error: string) =>
    error.startsWith('wecom_') ? t('groupPlan.wecomCode', { code: error.slice(6) }) : t(`groupPlan.welcomeError.${error}`, error);
  return (
    <Drawer open onClose={close} size={600} title={t('groupPlan.welcomes')} data-testid="welcomes">
      <div className="stack">
        <span className="soft">{t('groupPlan.welcomesText')}</span>
        {query.isPending && <Loading rows={3} />}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {edited ? (
          <WelcomeForm
            one={edited === 'new' ? undefined : edited}
            cancel={() => setEdited(undefined)}
            save={(body) => act(() => (edited === 'new' ? groupWelcomes.add(body) : groupWelcomes.change(edited.id, body)))}
          />
        ) : (
          may('channels.write') && (
            <div>
              <Button type="primary" onClick={() => setEdited('new')} data-testid="welcome-new">
                {t('groupPlan.newWelcome')}
              </Button>
            </div>
          )
        )}
        {query.data?.items.length === 0 && !edited && <span className="soft">{t('groupPlan.noWelcomes')}</span>}
        {query.data?.items.map((one) => (
          <div key={one.id} className="pcard stack tight" data-testid="welcome" style={{ background: 'var(--wash)' }}>
            <span className="row wrap">
              <strong>{one.name}</strong>
              {one.purpose && <span className="soft small">{t('groupPlan.groupsOf', { purpose: one.purpose, groups: one.groups })}</span>}
              <Tag color={one.offered ? 'green' : 'gold'}>
                {one.offered ? t('groupPlan.offered') : t('groupPlan.notOffered', { error: why(one.error ?? 'not_set_up') })}
              </Tag>
            </span>
            <span style={{ whiteSpace: 'pre-wrap' }}>{one.text}</span>
            {one.link && (
              <a href={one.link.url} target="_blank" rel="noreferrer">
                {one.link.title}
              </a>
            )}
            {may('channels.write') && (
              <span className="row">
                <Button size="small" onClick={() => setEdited(one)}>
                  {t('common.edit')}
                </Button>
                {!one.offered && (
                  <Button size="small" onClick={() => act(() => groupWelcomes.change(one.id, bodyOf(one)))}>
                    {t('groupPlan.again')}
                  </Button>
                )}
                <Popconfirm title={t('groupPlan.remove')} onConfirm={() => act(() => groupWelcomes.remove(one.id))}>
                  <Button size="small" danger>
                    {t('groupPlan.remove')}
                  </Button>
                </Popconfirm>
              </span>
            )}
          </div>
        ))}
      </div>
    </Drawer>
  );
}

type Fields = Omit<WelcomeBody, 'link'> & { url?: string; title?: string };

function WelcomeForm({ one, save, cancel }: { one: WelcomeView | undefined; save: (body: WelcomeBody) => void; cancel: () => void }) {
  const { t } = useTranslation();
  const first: Fields = {
    ...{ name: one?.name ?? '', purpose: one?.purpose ?? '', text: one?.text ?? '' },
    ...{ url: one?.link?.url ?? '', title: one?.link?.title ?? '' },
  };
  const done = ({ url, title, ...body }: Fields) =>
    save({ ...body, purpose: body.purpose ?? '', ...(url ? { link: { url, title: title || body.name } } : {}) });
  return (
    <Form<Fields> layout="vertical" initialValues={first} onFinish={done}>
      <Form.Item name="name" label={t('groupPlan.stepName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} data-testid="welcome-name" />
      </Form.Item>
      <Form.Item name="purpose" label={t('groupPlan.purpose')}>
        <Input maxLength={200} placeholder={t('groupPlan.anyPurpose')} />
      </Form.Item>
      <Form.Item name="text" label={t('groupPlan.text')} rules={[{ required: true, whitespace: true }]}>
        <Input.TextArea autoSize={{ minRows: 3 }} maxLength={1500} placeholder="%NICKNAME%" data-testid="welcome-text" />
      </Form.Item>
      <div className="row wrap" style={{ alignItems: 'flex-start' }}>
        <Form.Item name="url" style={{ flex: '2 1 200px' }} rules={[{ type: 'url' }]}>
          <Input placeholder={t('groupPlan.linkUrl')} />
        </Form.Item>
        <Form.Item name="title" style={{ flex: '1 1 140px' }}>
          <Input maxLength={40} placeholder={t('groupPlan.linkTitle')} />
        </Form.Item>
      </div>
      <span className="row">
        <Button type="primary" htmlType="submit" data-testid="welcome-save">
          {t('common.save')}
        </Button>
        <Button onClick={cancel}>{t('common.cancel')}</Button>
      </span>
    </Form>
  );
}
