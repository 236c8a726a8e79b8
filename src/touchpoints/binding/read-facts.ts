import type { Ch, Pg } from '../../base/index.ts';
import type { Fact, RuleVersion, Succession } from './facts.ts';
import type { Setting } from './replay.ts';
import { ruleVersions } from './rules.ts';

export const ORDER = 'Order Completed';

/** Events that have ever counted as touches, and which property names the staff member in each. */
export function touchesOf(versions: readonly RuleVersion[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { rules } of versions) for (const { event, staff } of rules.touches) found.set(event, staff);
  return found;
}

export async function readSetting(pg: Pg, workspaceNo: number): Promise<Setting> {
  const [versions, successions] = await Promise.all([ruleVersions(pg, workspaceNo), readSuccessions(pg, workspaceNo)]);
  return { versions, successions };
}

async function readSuccessions(pg: Pg, workspaceNo: number): Promise<Succession[]> {
  const rows = await pg.query<{
    id: string;
    leaver_id: string;
    heirs: string[];
    at: Date;
    until_at: Date | null;
    actor: string;
    reason: string;
  }>('SELECT id, leaver_id, heirs, at, until_at, actor, reason FROM staff_successions WHERE workspace_no = $1 ORDER BY at, id', [
    workspaceNo,
  ]);
  return rows.map((r) => ({
    id: r.id,
    from: r.leaver_id,
    heirs: r.heirs,
    at: r.at.getTime(),
    until: r.until_at?.getTime() ?? null,
    actor: r.actor,
    reason: r.reason,
  }));
}

/** The staff member whom a touch names, as SQL over a row: a text, or a number that is one. */
function staffSql(touches: ReadonlyMap<string, string>, text: (s: string) => string): string {
  const of = (name: string) => {
    const path = name
      .split('.')
      .map((part) => `\`${part}\``)
      .join('.');
    return `ifNull(properties.${path}.:String, ifNull(toString(properties.${path}.:Int64), ''))`;
  };
  const arms = [...touches].map(([event, property]) => `event = ${text(event)}, ${of(property)}`);
  return arms.length > 0 ? `multiIf(${arms.join(', ')}, '')` : "''";
}

/** Everything that is known of these people: what they did, from the events, and what was decided, by hand. */
export async function readFacts(
  deps: { pg: Pg; ch: Ch; source(workspaceNo: number, people: readonly number[]): string; text(s: string): string },
  workspaceNo: number,
  people: readonly number[],
  touches: ReadonlyMap<string, string>,
): Promise<Map<number, Fact[]>> {
  const names = [...touches.keys(), ORDER].map(deps.text).join(', ');
  const params = [workspaceNo, [...people]];
  const [events, acts, disputes] = await Promise.all([
    deps.ch.query<{ p: number; name: string; id: string; ms: number; who: string }>(
      `SELECT person_no AS p, event AS name, message_id AS id, toUnixTimestamp64Milli(time) AS ms, ${staffSql(touches, deps.text)} AS who
       FROM ${deps.source(workspaceNo, people)} WHERE type = 'track' AND event IN (${names})`,
    ),
    deps.pg.query<{ id: string; person_no: number; staff_id: string | null; at: Date; actor: string; reason: string }>(
      'SELECT id, person_no, staff_id, at, actor, reason FROM binding_acts WHERE workspace_no = $1 AND person_no = ANY($2)',
      params,
    ),
    deps.pg.query<DisputeRow>(
      `SELECT id, person_no, state, reason, opened_at, opened_by, closed_at, closed_by, outcome_id, note
       FROM binding_disputes WHERE workspace_no = $1 AND person_no = ANY($2)`,
      params,
    ),
  ]);
  const facts = new Map<number, Map<string, Fact>>();
  const add = (person: number, fact: Fact) => {
    const of = facts.get(person) ?? new Map<string, Fact>();
    of.set(fact.id, fact);
    facts.set(person, of);
  };
  for (const { p, name, id, ms, who } of events) {
    if (touches.has(name) && who !== '') add(p, { at: ms, id, kind: 'touch', staff: who, event: name });
    else if (name === ORDER) add(p, { at: ms, id, kind: 'order' });
  }
  for (const a of acts) {
    add(a.person_no, { at: a.at.getTime(), id: a.id, kind: 'set', staff: a.staff_id, actor: a.actor, reason: a.reason });
  }
  for (const d of disputes) for (const fact of factsOf(d)) add(d.person_no, fact);
  return new Map([...facts].map(([person, of]) => [person, [...of.values()]]));
}

interface DisputeRow {
  id: string;
  person_no: number;
  state: 'open' | 'decided' | 'withdrawn';
  reason: string;
  opened_at: Date;
  opened_by: string;
  closed_at: Date | null;
  closed_by: string | null;
  outcome_id: string | null;
  note: string | null;
}

function factsOf(d: DisputeRow): Fact[] {
  const opened: Fact = {
    at: d.opened_at.getTime(),
    id: `${d.id}:opened`,
    kind: 'opened',
    dispute: d.id,
    actor: d.opened_by,
    reason: d.reason,
  };
  if (!d.closed_at) return [opened];
  const outcome = d.state === 'decided' ? { staff: d.outcome_id } : {};
  const said = { actor: d.closed_by ?? '', reason: d.note ?? '' };
  return [opened, { at: d.closed_at.getTime(), id: `${d.id}:closed`, kind: 'closed', dispute: d.id, ...outcome, ...said }];
}
