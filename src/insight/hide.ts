import type { InsightDeps } from './deps.ts';
import type { Happening } from './schema.ts';

/** A question as the events can answer it: personal values in its conditions are kept there as tokens. What was asked goes back as it was asked. */
export async function hideQuestion<T extends object>({ hidden }: InsightDeps, workspaceNo: number, question: T): Promise<T> {
  if (!hidden) return question;
  const { steps, first, return: back } = question as { steps?: Happening[]; first?: Happening; return?: Happening };
  const all = [...(steps ?? []), ...(first ? [first] : []), ...(back ? [back] : [])];
  if (all.every((one) => one.where.length === 0)) return question;
  const found = await hidden(workspaceNo, all);
  const here = steps?.length ?? 0;
  return {
    ...question,
    ...(steps ? { steps: found.slice(0, here) } : {}),
    ...(first ? { first: found[here] } : {}),
    ...(back ? { return: found[here + (first ? 1 : 0)] } : {}),
  };
}

/** An answer that says what was asked, not how it was looked up. */
export async function asAsked<Q extends object, A extends { meta: { question: object } }>(
  deps: InsightDeps,
  workspaceNo: number,
  question: Q,
  answer: (hidden: Q) => Promise<A>,
): Promise<A> {
  const found = await answer(await hideQuestion(deps, workspaceNo, question));
  const { from: _from, to: _to, ...asked } = question as { from?: unknown; to?: unknown };
  return { ...found, meta: { ...found.meta, question: { ...found.meta.question, ...asked } } };
}
