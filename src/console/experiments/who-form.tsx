import { useQuery } from '@tanstack/react-query';
import { DatePicker, Segmented, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Definition } from '../api/experiments.ts';
import { journeys } from '../api/journeys.ts';
import { useFormat } from '../ui/format.ts';
import { AudiencePicker } from '../ui/pickers.tsx';

const KINDS = ['audience', 'journey', 'api'] as const;

/** Who takes part. A split of a journey brings its branches as the arms. */
export function WhoForm({ definition: d, onChange }: { definition: Definition; onChange: (change: Partial<Definition>) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { on } = d;
  const list = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: on.kind === 'journey' });
  const splits = (list.data?.items ?? []).flatMap((j) =>
    j.graph.nodes.flatMap((n) =>
      n.type === 'split' ? [{ value: `${j.id} ${n.id}`, label: `${j.name} · ${n.name ?? n.id}`, branches: n.branches }] : [],
    ),
  );
  const first = {
    audience: { kind: 'audience', audienceId: '', entering: true },
    journey: { kind: 'journey', journeyId: '', nodeId: '' },
    api: { kind: 'api' },
  } as const;
  return (
    <div className="stack tight">
      <Segmented
        value={on.kind}
        onChange={(kind) => onChange({ on: first[kind] })}
        options={KINDS.map((kind) => ({ value: kind, label: t(`experiment.on.${kind}`) }))}
      />
      <span className="soft small">{t(`experiment.onHint.${on.kind}`)}</span>
      {on.kind === 'audience' && (
        <div className="row wrap" style={{ gap: 12 }}>
          <AudiencePicker
            value={on.audienceId || undefined}
            width={280}
            onChange={(audienceId) => onChange({ on: { ...on, audienceId: audienceId ?? '' } })}
          />
          <span className="row" style={{ gap: 8 }}>
            <Switch
              checked={on.entering}
              onChange={(entering) => onChange({ on: { ...on, entering } })}
              aria-label={t('experiment.entering')}
            />
            {t('experiment.entering')}
          </span>
        </div>
      )}
      {on.kind === 'journey' && (
        <div className="row wrap" style={{ gap: 12 }}>
          <Select
            style={{ width: 340, maxWidth: '100%' }}
            loading={list.isPending}
            placeholder={t('experiment.chooseSplit')}
            value={on.nodeId ? `${on.journeyId} ${on.nodeId}` : undefined}
            options={splits}
            onChange={(value) => {
              const split = splits.find((s) => s.value === value)!;
              const [journeyId = '', nodeId = ''] = value.split(' ');
              onChange({
                on: { ...on, journeyId, nodeId },
                arms: split.branches.map((b) => ({ key: b.key, name: b.name || b.key, weight: b.weight })),
                control: split.branches[0]?.key ?? d.control,
              });
            }}
          />
          <DatePicker
            placeholder={t('experiment.since')}
            style={{ width: 240 }}
            value={on.since ? format.zoned(on.since) : null}
            onChange={(day) => {
              const { since: _, ...rest } = on;
              onChange({ on: day ? { ...rest, since: format.startOfDay(day.format('YYYY-MM-DD')).toISOString() } : rest });
            }}
          />
        </div>
      )}
    </div>
  );
}
