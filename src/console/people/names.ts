import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { journeys } from '../api/journeys.ts';
import { useMay } from '../shell/session.tsx';
import { useContents } from '../ui/pickers.tsx';

/** Names of journeys and content by id, for events that carry only the id. */
export function useNames(): Map<string, string> {
  const may = useMay();
  const items = useContents();
  const flows = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: may('journeys.read'), staleTime: 60_000 });
  return useMemo(
    () => new Map([...(flows.data?.items ?? []), ...(items.data?.items ?? [])].map((one) => [one.id, one.name])),
    [flows.data, items.data],
  );
}

/** What a branch of a journey is called; events carry only its key. */
export function useBranchName(): (journeyId: unknown, nodeId: unknown, branch: unknown) => string {
  const { t } = useTranslation();
  const may = useMay();
  const flows = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: may('journeys.read'), staleTime: 60_000 });
  return (journeyId, nodeId, branch) => {
    if (branch === 'else') return t('journey.otherwise');
    const node = flows.data?.items.find((one) => one.id === journeyId)?.graph.nodes.find((one) => one.id === nodeId);
    const named = node && 'branches' in node ? node.branches.find((one) => one.key === branch)?.name : undefined;
    return named || String(branch);
  };
}
