import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ContentItem } from '../api/content.ts';
import { contentEffect, lastDays } from '../api/content-effect.ts';
import { PersonLink, Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { EmptyStart, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

const days = 30;
const stepNames = ['exposed', 'open', 'click', 'order'] as const;

/** Who opened it, read how long, passed it on, and through whom; and what came of it. */
export function RadarCard({ item }: { item: ContentItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const drawer = usePeopleDrawer();
  const query = useQuery({ queryKey: ['content', item.id, 'radar'], queryFn: () => contentEffect.radar(item.id) });
  const effect = useQuery({
    queryKey: ['content', item.id, 'effect'],
    queryFn: () => contentEffect.ask({ ...lastDays(days), contentId: item.id }),
  });
  const row = effect.data?.rows[0];
  const radar = query.data;
  if (query.isPending) return <Loading rows={3} />;
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!radar || (radar.views === 0 && !row)) return <EmptyStart title={t('content.radar.empty')} text={t('content.radar.emptyText')} />;
  const metrics = { display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(110px, 1fr))' };
  return (
    <div className="stack" data-testid="content-radar">
      {row && effect.data && (
        <Card size="small" title={t('content.effect.last', { days })}>
          <div style={metrics}>
            {stepNames.map((step) => {
              const number = step === 'exposed' ? row.exposed : row[step].part;
              const share = step === 'exposed' ? null : row[step];
              return (
                <Metric
                  key={step}
                  label={t(`content.effect.step.${step}`)}
                  value={format.number(number)}
                  foot={share && (share.enough && share.share !== null ? format.percent(share.share) : t('content.effect.few'))}
                  onClick={() =>
                    drawer({
                      title: `${item.name} · ${t(`content.effect.step.${step}`)}`,
                      count: number,
                      source: { kind: 'insight', question: effect.data.meta.question, cell: { contentId: item.id, step } },
                    })
                  }
                />
              );
            })}
          </div>
        </Card>
      )}
      <Card size="small" title={t('content.radar.title')}>
        <div style={metrics}>
          <Metric label={t('content.radar.readers')} value={format.number(radar.readers)} />
          <Metric
            label={t('content.radar.seconds')}
            value={radar.medianSeconds === null ? '–' : t('content.radar.s', { n: Math.round(radar.medianSeconds) })}
          />
          <Metric label={t('content.radar.finished')} value={radar.views ? format.percent(radar.finished / radar.views) : '–'} />
          <Metric label={t('content.radar.sharers')} value={format.number(radar.sharers)} />
          <Metric label={t('content.radar.brought')} value={format.number(radar.brought)} definition={t('content.radar.broughtHint')} />
        </div>
      </Card>
      {radar.through.length > 0 && (
        <Card size="small" title={t('content.radar.through')}>
          <div className="stack tight">
            {radar.through.map((one) => (
              <div key={one.person.id} className="row between">
                <PersonLink person={one.person} sub={t('content.radar.generation', { n: one.generation })} />
                <span className="num">{t('content.radar.broughtN', { n: one.brought })}</span>
              </div>
            ))}
          </div>
        </Card>
      )}
      {radar.recent.length > 0 && (
        <Card size="small" title={t('content.radar.recent')}>
          <div className="stack tight">
            {radar.recent.map((one) => (
              <div key={one.person.id + one.at} className="row between">
                <PersonLink
                  person={one.person}
                  sub={
                    <>
                      <Time value={one.at} /> ·{' '}
                      {one.sharedBy
                        ? t('content.radar.passed')
                        : one.channel
                          ? t(`content.channelName.${one.channel}`, one.channel)
                          : t('content.radar.direct')}
                    </>
                  }
                />
                <span className="soft small num">
                  {t('content.radar.read', { s: Math.round(one.seconds), depth: format.percent(one.depth) })}
                </span>
              </div>
            ))}
          </div>
        </Card>
      )}
    </div>
  );
}
