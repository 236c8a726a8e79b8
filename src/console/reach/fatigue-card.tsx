import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fatigue } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

const plain = { border: 0, background: 'none', padding: '3px 0', width: '100%', font: 'inherit', color: 'inherit' };

/** How tired of us people are, in bars; each leads to its people. */
export function FatigueCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const open = usePeopleDrawer();
  const query = useQuery({ queryKey: ['reach', 'fatigue'], queryFn: fatigue.all, enabled: may('messages.read') });
  if (!may('messages.read')) return null;
  const view = query.data;
  const most = Math.max(1, ...(view?.bars ?? []).map((bar) => bar.people));
  return (
    <Card size="small" title={t('reach.fatigue.title')} data-testid="fatigue">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {view && (
        <div className="stack tight">
          {view.bars.map((bar) => {
            const range = `${bar.from}–${bar.to}`;
            const tired = view.above !== null && bar.from > view.above;
            return (
              <button
                key={bar.from}
                type="button"
                className="row"
                style={{ ...plain, gap: 10, cursor: bar.people ? 'pointer' : 'default' }}
                disabled={bar.people === 0}
                onClick={() =>
                  open({
                    ...{ title: t('reach.fatigue.bar', { range }), count: bar.people, definition: t('reach.fatigue.definition') },
                    source: { kind: 'fatigue', from: bar.from, to: bar.to },
                  })
                }
                data-testid={`fatigue-${bar.from}`}
              >
                <span className="small num" style={{ flex: '0 0 60px', textAlign: 'left' }}>
                  {range}
                </span>
                <span style={{ flex: 1, minWidth: 0 }}>
                  <span
                    style={{
                      ...{ display: 'block', height: 10, borderRadius: 3 },
                      ...{ width: `${(bar.people / most) * 100}%`, background: tired ? 'var(--bad)' : 'var(--good)' },
                    }}
                  />
                </span>
                <span className="num small" style={{ minWidth: 56, textAlign: 'right' }}>
                  {format.number(bar.people)}
                </span>
              </button>
            );
          })}
          <span className="soft small">
            {view.people === 0 ? t('reach.fatigue.none') : t('reach.fatigue.definition')}{' '}
            {view.above === null ? (
              <Link to="/settings/policy">{t('reach.fatigue.noLimit')}</Link>
            ) : (
              t('reach.fatigue.kept', { n: format.number(view.kept), above: view.above })
            )}{' '}
            · <Time value={view.asOf} />
          </span>
        </div>
      )}
    </Card>
  );
}

/** The same of one person, with what it comes from. */
export function PersonFatigueCard({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery({ queryKey: ['person', personId, 'fatigue'], queryFn: () => fatigue.ofPerson(personId) });
  if (!data) return null;
  const tired = data.above !== null && data.score > data.above;
  const from = [
    t('reach.fatigue.messages', { n: data.messages, clicks: data.clicks }),
    ...(data.refusedAt ? [t('reach.fatigue.refused', { day: format.day(data.refusedAt) })] : []),
    ...(data.leftAt ? [t('reach.fatigue.left', { day: format.day(data.leftAt) })] : []),
    ...(tired ? [t('reach.fatigue.stopped', { above: data.above })] : []),
  ];
  return (
    <Card size="small" title={t('reach.fatigue.ofPerson')} data-testid="person-fatigue">
      <div className="row" style={{ gap: 12 }}>
        <b className={tired ? 'num bad' : 'num'} style={{ fontSize: 20 }}>
          {data.score}
        </b>
        <span className="soft small">{from.join(' · ')}</span>
      </div>
    </Card>
  );
}
