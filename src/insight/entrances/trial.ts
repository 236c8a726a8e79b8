import { sqlString } from '../../base/index.ts';
import { enoughPeople, newcombe, type Proportion, proportion } from '../../experiments/index.ts';
import type { Arm, Trial } from '../../touchpoints/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { instantSql, iso } from '../period.ts';

export interface TrialAnswer {
  trial: Trial;
  /** Of those to whom the code was shown, how many became a friend or came into a group by it. */
  arms: Record<Arm, Proportion>;
  /** Static minus live, with its 95 % interval: what the extra step costs. */
  difference: number | null;
  low: number | null;
  high: number | null;
  /** The difference as a part of what the static code brings. */
  relative: number | null;
  verdict: 'static' | 'live' | 'open' | 'too_few';
  /** More came by a code than it was shown to: it is used elsewhere too, and the figures say nothing. */
  leaking: boolean;
  asOf: string;
}

/** Who scanned yesterday may still come in. */
const afterMs = 7 * 86_400_000;

/**
 * Live against static, as the poster drew them by lot. Who came by a code is known by the code's own key, not by the phone to which it was shown, so both
 * are counted by arm: that is why each arm's code must be nowhere else. A person seen under both arms (another phone, cookies cleared) counts where first seen.
 */
export async function compareCodes(
  deps: InsightDeps & { trial(workspaceNo: number, id: string): Promise<Trial> },
  asker: Asker,
  id: string,
): Promise<TrialAnswer> {
  const trial = await deps.trial(asker.workspaceNo, id);
  const source = deps.source(asker.workspaceNo, [
    "ifNull(properties.`trialId`.:String, '') AS trial_of",
    "ifNull(properties.`arm`.:String, '') AS arm_of",
    "ifNull(properties.`touchpointId`.:String, '') AS point_of",
    "ifNull(properties.`via`.:String, '') AS via_of",
  ]);
  const from = `time >= ${instantSql(Date.parse(trial.createdAt))}`;
  const until = trial.endedAt === null ? '' : ` AND time < ${instantSql(Date.parse(trial.endedAt) + afterMs)}`;
  const [shown, came] = await Promise.all([
    deps.ch.query<{ arm: Arm; n: number }>(
      `SELECT arm, count() AS n FROM (SELECT person_no, argMin(arm_of, time) AS arm FROM ${source}
       WHERE event = 'Code Shown' AND trial_of = ${sqlString(trial.id)} GROUP BY person_no) GROUP BY arm`,
    ),
    deps.ch.query<{ point: string; n: number }>(
      `SELECT point, count() AS n FROM (SELECT person_no, argMin(point_of, time) AS point FROM ${source}
       WHERE event = 'Touchpoint Entered' AND via_of IN ('friend', 'group') AND point_of IN (${sqlString(trial.liveId)}, ${sqlString(trial.staticId)})
         AND ${from}${until} GROUP BY person_no) GROUP BY point`,
    ),
  ]);
  const seen = (arm: Arm): number => shown.find((s) => s.arm === arm)?.n ?? 0;
  const by = (point: string): number => came.find((c) => c.point === point)?.n ?? 0;
  const counted = { live: { part: by(trial.liveId), of: seen('live') }, static: { part: by(trial.staticId), of: seen('static') } };
  const leaking = Object.values(counted).some(({ part, of }) => part > of);
  const arms = { live: proportion(counted.live.part, counted.live.of), static: proportion(counted.static.part, counted.static.of) };
  const answer = { trial, arms, leaking, asOf: iso(deps.clock.ms()) };
  if (leaking || Math.min(counted.live.of, counted.static.of) < enoughPeople)
    return { ...answer, difference: null, low: null, high: null, relative: null, verdict: 'too_few' };
  const { difference, low, high } = newcombe(counted.static, counted.live);
  const verdict = low > 0 ? 'static' : high < 0 ? 'live' : 'open';
  return { ...answer, difference, low, high, relative: arms.static.share ? difference / arms.static.share : null, verdict };
}
