import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { audiences } from '../api/audiences.ts';
import type { NodeOf } from '../api/journeys.ts';
import type { Rule, Where } from '../api/rule.ts';
import { hasValue } from '../rules/state.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';

type EntryNode = NodeOf<'entry'>;

/** How many would enter, judged by what has happened so far: those in the audience now, or those who did the event in 30 days. */
export function useEntryCount(node: EntryNode | undefined): number | undefined {
  const ready = node?.event && ((node.where ?? []) as Where[]).every((one) => one.property && hasValue(one.op, one.value));
  const rule: Rule | undefined = node?.audience
    ? { audience: node.audience }
    : ready
      ? { event: node.event as string, ...(node.where?.length ? { where: node.where as Where[] } : {}), within: { days: 30 } }
      : undefined;
  const settled = useDebounced(JSON.stringify(rule), 400);
  const query = useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => audiences.preview(JSON.parse(settled) as Rule, signal),
    enabled: settled !== undefined,
    retry: false,
  });
  return rule && query.data?.count;
}

/** The same in words. */
export function useForecast(node: EntryNode | undefined): string | undefined {
  const { t } = useTranslation();
  const format = useFormat();
  const count = useEntryCount(node);
  if (count === undefined) return undefined;
  const n = format.number(count);
  return node?.audience ? t('journey.forecastAudience', { n }) : t('journey.forecastEvent', { n, day: format.number(count / 30, 1) });
}

export function EntryForecast({ node }: { node: EntryNode }) {
  const { t } = useTranslation();
  const text = useForecast(node);
  if (!text) return null;
  return <Alert type="info" showIcon title={`${t('journey.forecast')}：${text}`} style={{ marginBottom: 16 }} data-testid="forecast" />;
}
