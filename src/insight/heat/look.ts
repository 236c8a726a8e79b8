import type { ModelDeps } from '../value/deps.ts';
import { featureCount, featuresSql } from './features-sql.ts';
import type { HeatFit } from './heat-fit.ts';
import type { HeatBand } from './schema.ts';
import { readLook, takeLook } from './store.ts';

/** A look at everyone stands for so long. */
const freshMs = 10 * 60_000;

/** From which chance on somebody is hot or warm: so many times the usual one. */
export function thresholds(base: number): Record<Exclude<HeatBand, 'cool'>, number> {
  return { hot: Math.min(0.6, 3 * base), warm: Math.min(0.4, 1.5 * base) };
}

/** SQL of a person's chance from `features`. */
export function chanceSql(fit: HeatFit): string {
  const { intercept, weights } = fit.model!;
  const sum = `arraySum((f, w) -> toFloat64(f) * w, arraySlice(features, 1, ${featureCount(fit.settings.intents)}), [${weights.join(', ')}])`;
  return `1 / (1 + exp(-(${intercept} + ${sum})))`;
}

/** Works out everyone's chance, unless that was done minutes ago; gives the number of the look. */
export async function lookAtAll(deps: ModelDeps, workspaceNo: number, fit: HeatFit): Promise<{ look: number; at: Date }> {
  const last = await readLook(deps.pg, workspaceNo);
  const now = deps.clock.ms();
  if (last && last.fit === fit.no && now - last.at.getTime() < freshMs && now >= last.at.getTime()) return last;
  const at = new Date(now);
  const look = await takeLook(deps.pg, workspaceNo, fit.no, at);
  const source = (columns?: readonly string[], people?: readonly number[]) => deps.source(workspaceNo, columns, people);
  const { hot, warm } = thresholds(fit.base);
  await deps.ch.command(
    `INSERT INTO person_heat (workspace_no, look, person_no, chance, band, features)
     SELECT ${workspaceNo}, ${look}, person_no, ${chanceSql(fit)} AS chance, multiIf(chance >= ${hot}, 'hot', chance >= ${warm}, 'warm', 'cool'), features
     FROM (${featuresSql({ source, intents: fit.settings.intents, at: now + 1 })})`,
  );
  // Whoever still looks at the one before finds it for a while.
  if (look > 2) await deps.ch.command(`DELETE FROM person_heat WHERE workspace_no = ${workspaceNo} AND look < ${look - 1}`);
  return { look, at };
}
