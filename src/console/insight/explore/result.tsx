import { RetweetOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Answer, Kind } from '../../api/explore.ts';
import { eventName } from '../../i18n/event-name.ts';
import { useFormat } from '../../ui/format.ts';
import { usePhone } from '../../ui/hooks.ts';
import { EmptyStart } from '../../ui/page.tsx';
import { RetentionResult } from '../retention-result.tsx';
import { AnswerCards, csvRows, type View } from './answer.tsx';
import { csvOf } from './export.ts';
import { FunnelView } from './funnel-view.tsx';
import { useValueName } from './parts.tsx';
import type { ExploreState } from './state.ts';
import { TopPaths } from './top-paths.tsx';
import type { Saying } from './views/context.ts';
import { distributionView } from './views/distribution.ts';
import { lifecycleView } from './views/lifecycle.ts';
import { pathsView } from './views/paths.ts';
import { stickinessView } from './views/stickiness.ts';
import { trendView } from './views/trend.ts';
import { worthView } from './views/worth.ts';

const views = {
  trend: trendView,
  paths: pathsView,
  stickiness: stickinessView,
  lifecycle: lifecycleView,
  distribution: distributionView,
  worth: worthView,
};

function useSaying(state: ExploreState): Saying {
  const { t } = useTranslation();
  return { t, format: useFormat(), event: (name) => eventName(t, name), value: useValueName(state.breakdown), state, phone: usePhone() };
}

function viewOf(kind: keyof typeof views, answer: Answer, saying: Saying): View<object> {
  return (views[kind] as unknown as (answer: Answer, saying: Saying) => View<object>)(answer, saying);
}

export function Result({ kind, state, answer }: { kind: Kind; state: ExploreState; answer: Answer }) {
  const { t } = useTranslation();
  const saying = useSaying(state);
  const nobody = (answer.rows as { people?: number }[]).every((row) => !row.people);
  if (nobody) return <EmptyStart icon={<RetweetOutlined />} title={t('insight.explore.empty')} text={t('insight.explore.emptyText')} />;
  if (kind === 'funnel') return <FunnelView answer={answer as Answer<'funnel'>} breakdown={state.breakdown} />;
  if (kind === 'retention') {
    const { rows, meta, compared } = answer as Answer<'retention'>;
    return (
      <RetentionResult
        rows={rows}
        meta={meta}
        period={state.period ?? 'month'}
        columns={meta.columns}
        valueName={saying.value}
        compared={compared}
      />
    );
  }
  const cards = <AnswerCards view={viewOf(kind, answer, saying)} meta={answer.meta} label={t(`insight.explore.kinds.${kind}`)} />;
  if (kind !== 'paths') return cards;
  return (
    <div className="stack loose">
      {cards}
      <TopPaths top={(answer as Answer<'paths'>).top} meta={answer.meta} />
    </div>
  );
}

/** An answer as the text of a CSV file. */
export function useFile(kind: Kind, state: ExploreState): (answer: Answer) => string {
  const saying = useSaying(state);
  const { t } = saying;
  return (answer) => {
    if (kind === 'funnel') {
      const head = ['breakdown', 'step', 'people', 'conversion', 'fromPrevious', 'dropped', 'median', 'p90'].map((key) =>
        t(`insight.explore.csv.${key}`),
      );
      const rows = (answer as Answer<'funnel'>).rows;
      return csvOf(
        head,
        rows.map((r) => [
          saying.value(r.value),
          `${r.step}. ${saying.event(r.event)}`,
          r.people,
          r.conversion.share,
          r.fromPrevious.share,
          r.dropped,
          r.medianSecondsFromPrevious,
          r.p90SecondsFromPrevious,
        ]),
      );
    }
    if (kind === 'retention') {
      const { rows, meta } = answer as Answer<'retention'>;
      const head = [
        t('insight.funnel.breakdown'),
        t('insight.retention.cohort'),
        t('insight.retention.size'),
        ...meta.columns.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`)),
      ];
      return csvOf(
        head,
        rows.map((r) => [
          saying.value(r.value),
          r.cohort ?? t('insight.retention.all'),
          r.people,
          ...meta.columns.map((_, n) => r.periods.find((p) => p.period === n)?.people),
        ]),
      );
    }
    const { head, rows } = csvRows(viewOf(kind, answer, saying));
    return csvOf(head, rows);
  };
}
