import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { moments } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { MomentState } from './moment-state.tsx';

export function MomentDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const { nameOf } = useStaff();
  const query = useQuery({ queryKey: ['moments', 'one', id], queryFn: () => moments.get(id) });
  const moment = query.data;
  const cancel = async () => {
    try {
      await moments.cancel(id);
      await client.invalidateQueries({ queryKey: ['moments'] });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Drawer open title={t('reach.moment.title')} onClose={close} size={560}>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {moment && (
        <div className="stack loose">
          <div className="row wrap between">
            <span className="row wrap">
              <MomentState moment={moment} />
              <span className="soft small">
                {moment.madeBy} · <Time value={moment.madeAt} />
              </span>
            </span>
            {moment.state === 'made' && may('messages.write') && (
              <Popconfirm
                title={t('reach.moment.cancelSure')}
                okText={t('reach.moment.cancel')}
                cancelText={t('common.cancel')}
                onConfirm={cancel}
              >
                <Button size="small" data-testid="cancel-moment">
                  {t('reach.moment.cancel')}
                </Button>
              </Popconfirm>
            )}
          </div>
          {moment.problem && <Alert type="error" showIcon title={moment.problem} />}
          <div style={{ whiteSpace: 'pre-wrap', padding: 12, background: 'var(--wash)', borderRadius: 8 }}>
            {moment.text}
            {moment.link && (
              <div className="small">
                <a href={moment.link.url} target="_blank" rel="noreferrer" style={{ overflowWrap: 'anywhere' }}>
                  {moment.link.title || moment.link.url}
                </a>
              </div>
            )}
          </div>
          <div className="grid metrics dense">
            <Metric label={t('reach.moment.published')} value={format.number(moment.published)} unit={`/ ${format.number(moment.staff)}`} />
            <Metric label={t('reach.moment.customers')} value={format.number(moment.customers)} />
            <Metric label={t('reach.moment.likes')} value={format.number(moment.likes)} />
            <Metric label={t('reach.moment.comments')} value={format.number(moment.comments)} />
          </div>
          <div data-testid="moment-members">
            {moment.members.map((one) => (
              <div
                key={one.userId}
                className="row wrap between"
                style={{ padding: '8px 0', borderBottom: '1px solid var(--line)', gap: '2px 12px' }}
              >
                <span style={{ flex: '1 1 120px' }}>{nameOf(one.userId)}</span>
                <span className="small">
                  {one.refused ? (
                    <span className="bad">{t('reach.moment.refused')}</span>
                  ) : one.publishedAt ? (
                    <>
                      <Time value={one.publishedAt} /> · {t('reach.moment.customers')} {one.customers} · {t('reach.moment.likes')}{' '}
                      {one.likes} · {t('reach.moment.comments')} {one.comments}
                    </>
                  ) : (
                    <span className="warn">{t('reach.moment.notYet')}</span>
                  )}
                </span>
              </div>
            ))}
          </div>
        </div>
      )}
    </Drawer>
  );
}
