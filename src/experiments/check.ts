import { parseRule, type Rule, type Where } from '../audience/index.ts';
import { badInput, type FieldError } from '../base/index.ts';
import { metricsOf } from './outcome-sql.ts';
import type { ExperimentsDeps } from './ports.ts';
import type { Definition, Guard, Metric } from './schema.ts';

/** What does not fit in a definition whatever is around it; throws 400 with the fields named. */
export function checkShape(d: Definition): void {
  const errors: FieldError[] = [];
  const keys = d.arms.map((a) => a.key);
  for (const [i, key] of keys.entries())
    if (keys.indexOf(key) !== i)
      errors.push({ field: `definition.arms.${i}.key`, reason: 'is there twice; give each arm a key of its own' });
  if (!keys.includes(d.control)) errors.push({ field: 'definition.control', reason: 'is no arm; name the key of one' });
  const names = metricsOf(d).map((m) => m.key);
  for (const [field, m] of fieldsOf(d)) {
    if (names.filter((n) => n === m.key).length > 1)
      errors.push({ field: `${field}.key`, reason: 'is there twice; give each metric a key of its own' });
    errors.push(...parseRule({ event: m.event, ...(m.where?.length ? { where: m.where } : {}) }, field).errors);
  }
  if (errors.length > 0) throw badInput(errors, 'The experiment does not fit');
}

function fieldsOf(d: Definition): [string, Metric][] {
  return [
    ['definition.primary', d.primary],
    ...d.secondary.map((m, i): [string, Metric] => [`definition.secondary.${i}`, m]),
    ...d.guards.map((m, i): [string, Metric] => [`definition.guards.${i}`, m]),
  ];
}

/** The definition as it is kept: personal values in conditions replaced by what stands for them. */
export async function hideMetrics(
  deps: ExperimentsDeps,
  workspaceNo: number,
  d: Definition,
  before: Definition | undefined,
): Promise<Definition> {
  if (!deps.hidden) return d;
  const steps = (of: Definition): Rule[] =>
    metricsOf(of).flatMap((m) => (m.where?.length ? [{ event: m.event, where: m.where as Where[] }] : []));
  if (steps(d).length === 0) return d;
  const hidden = await deps.hidden(workspaceNo, steps(d), before ? steps(before) : []);
  let at = 0;
  const kept = <M extends Metric | Guard>(m: M): M => (m.where?.length ? { ...m, where: (hidden[at++] as { where: Where[] }).where } : m);
  return { ...d, primary: kept(d.primary), secondary: d.secondary.map(kept), guards: d.guards.map(kept) };
}

/** What keeps a draft from being launched. */
export async function problemsOf(deps: ExperimentsDeps, workspaceNo: number, d: Definition): Promise<FieldError[]> {
  const { on } = d;
  if (on.kind === 'audience') {
    const found = await deps.audience.audience(workspaceNo, on.audienceId).catch(() => undefined);
    if (!found) return [{ field: 'definition.on.audienceId', reason: 'there is no such audience; choose another' }];
    if (on.entering && !found.live)
      return [
        {
          field: 'definition.on.entering',
          reason: 'nobody is told of who enters an audience that is not live; make it live, or take only who is there',
        },
      ];
  }
  if (on.kind === 'journey') {
    const split = await deps.split(workspaceNo, on.journeyId, on.nodeId);
    if (!split) return [{ field: 'definition.on.nodeId', reason: 'there is no such split; choose one of the journey' }];
    return d.arms.flatMap(({ key, weight }, i): FieldError[] => {
      const branch = split.find((b) => b.key === key);
      if (!branch) return [{ field: `definition.arms.${i}.key`, reason: 'is no branch of the split; the arms are its branches' }];
      const total = split.filter((b) => d.arms.some((a) => a.key === b.key)).reduce((sum, b) => sum + b.weight, 0);
      const all = d.arms.reduce((sum, a) => sum + a.weight, 0);
      return Math.abs(branch.weight / total - weight / all) > 1e-9
        ? [{ field: `definition.arms.${i}.weight`, reason: 'is not the weight of the branch; the journey draws the lot' }]
        : [];
    });
  }
  return [];
}
