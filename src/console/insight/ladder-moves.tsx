import { useQuery } from '@tanstack/react-query';
import { Card, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LadderFlow } from '../api/insight.ts';
import { ladder, type MovesAsked, type MovesBy, type Standing } from '../api/ladder.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { MovesTable } from './ladder-moves-table.tsx';

const ways: MovesBy[] = ['event', 'content', 'journey'];
const lookBacks = [7, 14, 30];

interface Props {
  of: Standing;
  levels: LadderFlow['levels'];
  period: { from: string; to: string };
}

/** What came before a step up, and beside it, as plainly, before a step down. */
export function LadderMoves({ of, levels, period }: Props) {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const by = ways.find((one) => one === read('by')) ?? 'event';
  const days = lookBacks.find((one) => String(one) === read('back')) ?? 14;
  // Stages are no way up: there one asks what came before two of them, at first the last and the one that most pools call silent.
  const ends = [levels.at(-1)?.key, levels.find((level) => level.key === 'silent')?.key ?? levels.at(0)?.key];
  const asked = (['up', 'down'] as const).map((side, i) => ({
    side,
    first: of === 'stage' ? { move: 'any' as const, toLevel: ends[i] } : { move: side },
  }));
  return (
    <Card size="small" title={t('ladder.before')} data-testid="ladder-moves">
      <div className="stack">
        <span className="row wrap">
          <Segmented
            size="small"
            value={by}
            onChange={(next) => write({ by: next === 'event' ? null : String(next) })}
            options={ways.map((one) => ({ value: one, label: t(`ladder.by.${one}`) }))}
            data-testid="moves-by"
          />
          <Select
            size="small"
            value={days}
            onChange={(next) => write({ back: String(next) })}
            options={lookBacks.map((n) => ({ value: n, label: `${t('ladder.lookBack')} ${t('ladder.days', { n })}` }))}
            data-testid="moves-days"
          />
        </span>
        <div className="soft small">{t('ladder.beforeHint', { days })}</div>
        <div className="grid two">
          {asked.map(({ side, first }) => (
            <Side key={side} side={side} of={of} levels={levels} first={first} ask={{ from: period.from, to: period.to, of, days, by }} />
          ))}
        </div>
      </div>
    </Card>
  );
}

type First = Pick<MovesAsked, 'move' | 'fromLevel' | 'toLevel'>;

function Side({
  side,
  of,
  levels,
  first,
  ask,
}: {
  side: 'up' | 'down';
  of: Standing;
  levels: LadderFlow['levels'];
  first: First;
  ask: Omit<MovesAsked, 'move'>;
}) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const [ends, setEnds] = useState<Pick<First, 'fromLevel' | 'toLevel'>>({});
  const question: MovesAsked = { ...ask, ...first, ...ends };
  const query = useQuery({
    queryKey: ['ladder', 'moves', question],
    queryFn: () => ladder.moves(question),
    enabled: levels.length > 0,
  });
  const pick = (end: 'fromLevel' | 'toLevel', any: string) => (
    <Select
      size="small"
      style={{ minWidth: 110 }}
      value={question[end] ?? ''}
      onChange={(next: string) => setEnds({ ...ends, [end]: next || undefined })}
      options={[{ value: '', label: any }, ...levels.map((level) => ({ value: level.key, label: named(level.name, level.key) }))]}
      data-testid={`moves-${side}-${end}`}
    />
  );
  const title = of === 'stage' ? 'into' : side;
  return (
    <div className="stack" style={{ minWidth: 0 }} data-testid={`moves-${side}`}>
      <div className="row wrap">
        <b>{t(`ladder.${title}`)}</b>
        {pick('fromLevel', t('ladder.fromAny'))}
        <span className="soft">→</span>
        {pick('toLevel', t('ladder.toAny'))}
      </div>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && <MovesTable answer={query.data} />}
    </div>
  );
}
