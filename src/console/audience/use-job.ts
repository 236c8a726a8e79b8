import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { jobs } from '../api/events.ts';
import { useSay } from '../ui/undo.tsx';

/** Waits for a piece of background work and then reads again what it may have changed. */
export function useJob(done: string, keys: string[]) {
  const client = useQueryClient();
  const say = useSay();
  const [id, setId] = useState<string>();
  const query = useQuery({ queryKey: ['jobs', id], queryFn: () => jobs.get(id as string), enabled: Boolean(id), refetchInterval: 600 });
  const state = query.data?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the job ends
  useEffect(() => {
    if (state !== 'done' && state !== 'failed') return;
    setId(undefined);
    if (state === 'failed') say.failed(new Error(query.data?.error ?? ''));
    else say.done(done);
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  }, [state]);
  return { start: setId, running: Boolean(id), progress: id ? query.data?.progress : undefined };
}
