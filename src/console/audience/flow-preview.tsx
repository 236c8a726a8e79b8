import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Spin } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Definition, definitions, type LadderKind, type OrderedPreview } from '../api/audiences.ts';
import { useStandingColours } from '../theme/theme.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';

/** Who would stand elsewhere if the definition were this one: shown before it is saved. */
export function FlowPreview({ kind, items, old }: { kind: LadderKind; items: Definition[]; old: Definition[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const settled = useDebounced(JSON.stringify(items.map(({ key, name, rule }) => ({ key, name, rule }))), 500);
  const query = useQuery({
    queryKey: ['ordered-preview', kind, settled],
    queryFn: ({ signal }) => definitions.preview(kind, JSON.parse(settled) as Definition[], signal),
    placeholderData: (before) => before,
    retry: false,
  });
  const option = useSankey(query.data, [...old, ...items]);
  return (
    <Card size="small" title={t('audience.flow.title')} extra={query.isFetching && <Spin size="small" />} data-testid="flow-preview">
      {query.isError && <ProblemView error={query.error} compact />}
      {query.data && (
        <div className="stack">
          <div style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}>
            <b className="num" style={{ fontSize: 24 }} data-testid="flow-moved">
              {format.number(query.data.moved)}
            </b>{' '}
            <span className="soft">
              {t('audience.flow.moved', {
                total: format.number(query.data.total),
                part: format.percent(query.data.total ? query.data.moved / query.data.total : 0),
              })}
            </span>
          </div>
          {query.data.moved === 0 ? (
            <Alert type="success" showIcon title={t('audience.flow.nobody')} />
          ) : (
            <Chart option={option} height={260} label={t('audience.flow.title')} />
          )}
        </div>
      )}
    </Card>
  );
}

function useSankey(data: OrderedPreview | undefined, all: Definition[]) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const colours = useStandingColours();
  return useMemo(() => {
    const label = (key: string | null) => (key === null ? t('common.none') : named(all.find((one) => one.key === key)?.name, key));
    const nodes = new Map<string, object>();
    const node = (side: 'a' | 'b', key: string | null) => {
      const name = `${side}:${key ?? ''}`;
      nodes.set(name, {
        name,
        itemStyle: { color: colours[key ?? ''] ?? '#8a9ba3' },
        label: { formatter: label(key), position: side === 'a' ? 'right' : 'left' },
      });
      return name;
    };
    const links = (data?.links ?? []).map((l) => ({ source: node('a', l.from), target: node('b', l.to), value: l.count }));
    return {
      tooltip: { trigger: 'item' },
      series: [
        {
          type: 'sankey',
          data: [...nodes.values()],
          links,
          nodeGap: 10,
          lineStyle: { color: 'gradient', opacity: 0.35 },
          emphasis: { focus: 'adjacency' },
        },
      ],
    };
  }, [data, all, t, named, colours]);
}
