import type { Asker, InsightDeps } from '../deps.ts';
import { type FunnelAnswer, funnel } from '../funnel.ts';
import { asAsked } from '../hide.ts';
import type { Meta } from '../meta.ts';
import { before, iso, resolveRange } from '../period.ts';
import { retention } from '../retention.ts';
import type { Explored } from '../schema.ts';
import { distribution } from './distribution.ts';
import { lifecycle } from './lifecycle.ts';
import { paths } from './paths.ts';
import { stickiness } from './stickiness.ts';
import { trend } from './trend.ts';
import { worth } from './worth.ts';

const answers = { funnel, retention, trend, paths, stickiness, lifecycle, distribution, worth };

type Answers = typeof answers;
export type Kind = keyof Answers;
type QuestionOf<K extends Kind> = Parameters<Answers[K]>[2];
type Answer<K extends Kind> = Awaited<ReturnType<Answers[K]>>;

/** With `compare`: the same answer for the other period, each number with its own question for the people behind it. */
export type Compared<A> = A & { compared?: A };
export type ExploredAnswer<K extends Kind = Kind> = Compared<Answer<K>>;
export type { FunnelAnswer };

/** Answers a question of the explorer, and beside it the one for the period that it is compared with. */
export async function explore<K extends Kind>(
  deps: InsightDeps,
  asker: Asker,
  kind: K,
  question: QuestionOf<K>,
): Promise<ExploredAnswer<K>> {
  const ask = answers[kind] as unknown as (deps: InsightDeps, asker: Asker, question: object) => Promise<{ meta: Meta }>;
  const { compare, ...alone } = question as { compare?: Explored['compare']; from: string; to: string };
  const of = (one: object) => asAsked(deps, asker.workspaceNo, one, (hidden) => ask(deps, asker, hidden));
  if (compare === undefined) return (await of(alone)) as ExploredAnswer<K>;
  const earlier = compare === 'previous' ? before(resolveRange(alone, asker.timezone)) : resolveRange(compare, asker.timezone);
  const answer = await of(alone);
  const compared = await of({ ...alone, from: iso(earlier.from), to: iso(earlier.to) });
  return { ...answer, compared } as unknown as ExploredAnswer<K>;
}
