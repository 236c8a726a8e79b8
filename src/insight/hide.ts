import type { InsightDeps } from './deps.ts';
import type { Happening } from './schema-base.ts';

/** Everything in a question that names an event with conditions, wherever it stands. */
function happeningsIn(part: unknown, found: Happening[] = []): Happening[] {
  if (Array.isArray(part)) for (const one of part) happeningsIn(one, found);
  else if (part && typeof part === 'object') {
    const { event, where } = part as Partial<Happening>;
    if (typeof event === 'string' && Array.isArray(where)) found.push(part as Happening);
    else for (const one of Object.values(part)) happeningsIn(one, found);
  }
  return found;
}

function replaced<T>(part: T, by: Map<unknown, unknown>): T {
  if (by.has(part)) return { ...part, ...(by.get(part) as object) };
  if (Array.isArray(part)) return part.map((one) => replaced(one, by)) as T;
  if (!part || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, replaced(one, by)])) as T;
}

/**
 * A question as the events can answer it: personal values in its conditions are kept there as tokens. What was asked goes back as it was asked.
 * `keep`: the question is kept, so that its values must be shown again.
 */
export async function hideQuestion<T extends object>({ hidden }: InsightDeps, workspaceNo: number, question: T, keep = false): Promise<T> {
  if (!hidden) return question;
  const all = happeningsIn(question).filter((one) => one.where.length > 0);
  if (all.length === 0) return question;
  // Only what a rule knows of it.
  const found = await hidden(
    workspaceNo,
    all.map(({ event, where }) => ({ event, where })),
    keep,
  );
  return replaced(question, new Map(all.map((one, i) => [one, { where: found[i]!.where }])));
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
