import { notFound } from '../../base/index.ts';
import type { Asker } from '../deps.ts';
import type { ModelDeps } from '../value/deps.ts';
import { featuresSql } from './features-sql.ts';
import { chanceSql, thresholds } from './look.ts';
import { type HeatReason, reasonsOf } from './reasons.ts';
import type { HeatBand } from './schema.ts';
import { readHeatFit } from './store.ts';

export interface PersonHeat {
  fit: { no: number; asOf: string; state: 'ready' | 'thin'; base: number } | null;
  /** Null where there is no model, or the person did nothing of interest in 400 days. */
  heat: null | {
    chance: number;
    band: HeatBand;
    times: number;
    reasons: HeatReason[];
    /** The chance in so many days, if nothing happens until then. */
    decay: { days: number; chance: number }[];
  };
}

const ahead = [0, 1, 2, 3, 5, 7, 14, 30];

/** How ready a person is now, why, and how it will fade. */
export async function personHeat(deps: ModelDeps, asker: Asker, id: string): Promise<PersonHeat> {
  const no = await deps.personNo(asker.workspaceNo, id);
  if (no === undefined) throw notFound('Person');
  const fit = await readHeatFit(deps.pg, asker.workspaceNo);
  if (!fit) return { fit: null, heat: null };
  const about = { no: fit.no, asOf: fit.asOf, state: fit.state, base: fit.base };
  if (!fit.model) return { fit: about, heat: null };
  const source = (columns?: readonly string[], people?: readonly number[]) => deps.source(asker.workspaceNo, columns, people);
  const now = deps.clock.ms() + 1;
  // As if it were so many days later: only what has happened so far is there.
  const looks = await Promise.all(
    ahead.map((days) =>
      deps.ch.query<{ chance: number; features: number[] }>(
        `SELECT ${chanceSql(fit)} AS chance, features FROM (${featuresSql({ source, intents: fit.settings.intents, at: now + days * 86_400_000, people: [no] })})`,
      ),
    ),
  );
  const today = looks[0]?.[0];
  if (!today) return { fit: about, heat: null };
  const { hot, warm } = thresholds(fit.base);
  const { chance } = today;
  return {
    fit: about,
    heat: {
      chance,
      band: chance >= hot ? 'hot' : chance >= warm ? 'warm' : 'cool',
      times: fit.base > 0 ? chance / fit.base : 0,
      reasons: reasonsOf(fit, today.features),
      decay: looks.flatMap((rows, i) => (rows[0] ? [{ days: ahead[i]!, chance: rows[0].chance }] : [])),
    },
  };
}
