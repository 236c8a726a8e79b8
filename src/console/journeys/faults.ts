import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { channels } from '../api/channels.ts';
import { Problem } from '../api/http.ts';
import { type Graph, journeys, type Lack } from '../api/journeys.ts';
import { useMay } from '../shell/session.tsx';
import { useDebounced } from '../ui/hooks.ts';

export const useChannels = () => {
  const may = useMay();
  return useQuery({ queryKey: ['channels'], queryFn: channels.list, enabled: may('channels.read') }).data?.items ?? [];
};

/** The problems of each node; those of no node stand under ''. */
export function byNode(graph: Graph, lacks: readonly Lack[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { field, reason } of lacks) {
    const place = /^graph\.nodes\.(\d+)/.exec(field)?.[1];
    const id = (place === undefined ? undefined : graph.nodes[Number(place)]?.id) ?? '';
    found.set(id, [...(found.get(id) ?? []), reason]);
  }
  return found;
}

/** What still keeps a graph from being launched, as the server says it; asked again while it is being changed. */
export function useFaults(graph: Graph): Map<string, string[]> {
  const text = JSON.stringify(graph);
  const settled = useDebounced(text, 300);
  const { data } = useQuery({
    queryKey: ['journeys', 'check', settled],
    queryFn: async () => {
      const asked = JSON.parse(settled) as Graph;
      const lacks = await journeys.check(asked).then(
        ({ problems }) => problems,
        (error) => {
          if (error instanceof Problem && error.status === 400) return error.errors;
          throw error;
        },
      );
      return byNode(asked, lacks);
    },
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  return data ?? new Map();
}
