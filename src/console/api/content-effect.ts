import { useQuery } from '@tanstack/react-query';
import type { Apart, EffectAnswer, EffectRow, Radar } from '../../insight/index.ts';
import { get, post } from './http.ts';
import type { Person } from './people.ts';

export type { Apart, EffectAnswer, EffectRow };
export type ContentRadar = Omit<Radar, 'through' | 'recent'> & {
  through: (Omit<Radar['through'][number], 'person'> & { person: Person })[];
  recent: (Omit<Radar['recent'][number], 'person'> & { person: Person })[];
};

export interface EffectAsk {
  from: string;
  to: string;
  withinDays?: number;
  by?: Apart;
  contentId?: string;
}

export const contentEffect = {
  ask: (question: EffectAsk) => post<EffectAnswer>('/insight/content', question),
  radar: (id: string) => get<ContentRadar>(`/insight/content/${id}/radar`),
};

/** From so many days ago to now, in whole days so that an answer is kept for a while. */
export const lastDays = (days: number): { from: string; to: string } => {
  const day = 86_400_000;
  const end = Math.ceil(Date.now() / day) * day;
  return { from: new Date(end - days * day).toISOString(), to: new Date(end).toISOString() };
};

/** The effect of each item in a line, for lists. */
export function useEffects(days: number): Map<string, EffectRow> {
  const { data } = useQuery({
    queryKey: ['content', 'effects', days],
    queryFn: () => contentEffect.ask(lastDays(days)),
    staleTime: 120_000,
    retry: false,
  });
  return new Map((data?.rows ?? []).map((row) => [row.contentId, row]));
}
