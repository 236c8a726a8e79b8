import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
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
