import { notFound } from '../base/index.ts';
import { type AarrrAnswer, aarrr } from './aarrr.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type ExploredAnswer, explore, type Kind } from './explore/explore.ts';
import type { DwellQuestion, MovesQuestion } from './explore/schema.ts';
import { type LadderAnswer, ladder } from './ladder.ts';
import { dwell } from './ladder-depth/dwell.ts';
import { moves } from './ladder-depth/moves.ts';
import type { Meta } from './meta.ts';
import { type Overview, overview } from './overview.ts';
import { type PeoplePage, people } from './people.ts';
import { type Story, story } from './person/story.ts';
import type { AarrrQuestion, Explored, LadderQuestion } from './schema.ts';

type Asked<K extends Kind> = Omit<Extract<Explored, { kind: K }>, 'kind'>;

/** Questions about the pool, each answered with rows, and the people behind every number. */
export interface Insight {
  overview(asker: Asker, days: number): Promise<Overview>;
  aarrr(asker: Asker, question: AarrrQuestion): Promise<AarrrAnswer>;
  ladder(asker: Asker, question: LadderQuestion): Promise<LadderAnswer>;
  /** How long people stay on the levels of the ladder. */
  dwell(asker: Asker, question: DwellQuestion): ReturnType<typeof dwell>;
  /** What came before a step up or down. */
  moves(asker: Asker, question: MovesQuestion): ReturnType<typeof moves>;
  explore<K extends Kind>(asker: Asker, kind: K, question: Asked<K>): Promise<ExploredAnswer<K>>;
  funnel(asker: Asker, question: Asked<'funnel'>): Promise<ExploredAnswer<'funnel'>>;
  retention(asker: Asker, question: Asked<'retention'>): Promise<ExploredAnswer<'retention'>>;
  people(asker: Asker, input: unknown): Promise<PeoplePage>;
  /** A person's past at a glance. @throws 404 when nobody has the id */
  story(asker: Asker, personId: string): Promise<Story>;
}

export function createInsight(deps: InsightDeps): Insight {
  /** With the number of those who are missing from it for good. */
  const whole = async <A extends { meta: Meta }>(asker: Asker, asked: Promise<A>): Promise<A> => {
    const answer = await asked;
    if (!deps.erased) return answer;
    return { ...answer, meta: { ...answer.meta, erased: await deps.erased(asker.workspaceNo, new Date(answer.meta.from)) } };
  };
  const explored = <K extends Kind>(asker: Asker, kind: K, question: Asked<K>) =>
    whole(asker, explore(deps, asker, kind, question as never)) as Promise<ExploredAnswer<K>>;
  return {
    overview: (asker, days) => whole(asker, overview(deps, asker, days)),
    aarrr: (asker, question) => whole(asker, aarrr(deps, asker, question)),
    ladder: (asker, question) => whole(asker, ladder(deps, asker, question)),
    dwell: (asker, question) => whole(asker, dwell(deps, asker, question)),
    moves: (asker, question) => whole(asker, moves(deps, asker, question)),
    explore: explored,
    funnel: (asker, question) => explored(asker, 'funnel', question),
    retention: (asker, question) => explored(asker, 'retention', question),
    people: (asker, input) => people(deps, asker, input),
    story: async (asker, personId) => {
      const no = await deps.personNo(asker.workspaceNo, personId);
      if (no === undefined) throw notFound('Person');
      return story(deps, asker, no);
    },
  };
}
