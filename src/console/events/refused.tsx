import { CheckCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Card, Collapse, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { health, type RefusedSender } from '../api/events.ts';
import { eventName } from '../i18n/event-name.ts';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Hint, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { Spark } from './health-chart.tsx';
import { useReason } from './refused-reason.ts';

function Reason({ one }: { one: RefusedSender['reasons'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useReason();
  return (
    <div style={{ padding: '8px 0', borderTop: '1px solid var(--line)' }} data-testid="refused-reason">
      <div className="row between" style={{ gap: 10, alignItems: 'flex-start' }}>
        <span>
          <code className="mono">{one.field || t('health.refused.whole')}</code> {say(one.reason)}
        </span>
        <b className="num">{format.number(one.count)}</b>
      </div>
      <div className="soft small row wrap" style={{ gap: 6 }}>
        <span>{t('health.refused.day', { n: format.number(one.last24h) })}</span>
        <span>
          {t('health.refused.lastAt')} <Time value={one.at ?? one.lastHour} />
        </span>
        {[...one.events.map((event) => eventName(t, event)), ...one.sdks].map((name) => (
          <Tag key={name}>{name}</Tag>
        ))}
      </div>
      {one.example !== null && (
        <Collapse
          ghost
          size="small"
          items={[
            {
              key: 'e',
              label: t('health.refused.example'),
              children: (
                <>
                  <div className="soft small">{t('health.refused.exampleHint')}</div>
                  <pre className="mono small" style={{ margin: 0, overflowX: 'auto' }}>
                    {JSON.stringify(one.example, null, 2)}
                  </pre>
                </>
              ),
            },
          ]}
        />
      )}
    </div>
  );
}

export function SenderName({ door, name }: { door: string; name: string | null }) {
  const { t } = useTranslation();
  return (
    <span>
      <b style={{ fontWeight: 500 }}>{name ?? t('health.refused.keyGone')}</b> <Tag>{t(`health.refused.door.${door}`, door)}</Tag>
    </span>
  );
}

/** What the event doors refused, whose it was, and why. */
export function RefusedCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['health', 'refused'], queryFn: health.refused, refetchInterval: 30_000 });
  const items = query.data?.items ?? [];
  return (
    <Card
      size="small"
      id="refused"
      data-testid="refused"
      title={
        <>
          {t('health.refused.title')} <Hint text={t('health.refused.hint')} />
        </>
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={2} />}
      {query.data && items.length === 0 && (
        <span className="soft">
          <CheckCircleFilled className="good" /> {t('health.refused.none', { n: query.data.days })}
        </span>
      )}
      {items.map((one) => (
        <div key={`${one.door} ${one.key}`} style={{ padding: '8px 0' }} data-testid="refused-sender">
          <div className="row between wrap" style={{ gap: 10 }}>
            <SenderName door={one.door} name={one.name} />
            <Spark values={one.hours} width={140} />
          </div>
          <div className="small" style={{ marginBottom: 6 }}>
            {t('health.refused.sum', {
              n: format.number(one.refused),
              share: format.percent(one.refused / Math.max(1, one.refused + one.accepted)),
              m: format.number(one.accepted),
              day: format.number(one.last24h),
            })}
          </div>
          {one.reasons.slice(0, 8).map((reason) => (
            <Reason key={`${reason.field} ${reason.reason}`} one={reason} />
          ))}
        </div>
      ))}
    </Card>
  );
}
