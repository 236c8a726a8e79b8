import type { Pg } from '../base/index.ts';
import { outboxNo } from './ids.ts';

/** Some identities of a person are another person from now on. */
export interface Split {
  from: number;
  to: number;
  /** Numbers of people who had been merged into `from` and leave. */
  former: number[];
  identities: { type: string; value: string }[];
}

/** Identities that are addresses: a message says by which of them it went. */
const addressTypes = ['wecom_external_userid', 'email', 'phone'];

/**
 * A person has been split. A message goes to the new person if it went to an identity that leaves, or was queued for somebody who had been merged and
 * leaves; else it stays: so caps and "not twice" hold for each by what reached each. What was said about being written to, and the zone, hold for both. Repeatable.
 */
export async function followSplit(pg: Pg, workspaceNo: number, { from, to, former, identities }: Split): Promise<void> {
  const addresses = identities.filter((i) => addressTypes.includes(i.type)).map((i) => i.value);
  await pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7121, $1)', [workspaceNo]);
    await tx.query(
      `UPDATE outbox SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2
         AND CASE WHEN coalesce(address, '') = '' THEN first_no = ANY($4) ELSE address = ANY($5) END`,
      [workspaceNo, from, to, former, addresses],
    );
    await tx.query(
      `INSERT INTO consents (workspace_no, person_no, purpose, channel, granted, at)
       SELECT workspace_no, $3, purpose, channel, granted, at FROM consents WHERE workspace_no = $1 AND person_no = $2 ON CONFLICT DO NOTHING`,
      [workspaceNo, from, to],
    );
    await tx.query(
      `INSERT INTO person_zones (workspace_no, person_no, zone, at)
       SELECT workspace_no, $3, zone, at FROM person_zones WHERE workspace_no = $1 AND person_no = $2 ON CONFLICT DO NOTHING`,
      [workspaceNo, from, to],
    );
  });
}

/** Passes through journeys all of whose messages with an address went to the new person. */
export async function passesReaching(tx: Pg, workspaceNo: number, { from, to }: Pick<Split, 'from' | 'to'>): Promise<Set<number>> {
  const rows = await tx.query<{ no: number }>(
    `SELECT pass_no AS no FROM outbox WHERE workspace_no = $1 AND person_no IN ($2, $3) AND pass_no IS NOT NULL AND coalesce(address, '') <> ''
     GROUP BY pass_no HAVING bool_and(person_no = $3)`,
    [workspaceNo, from, to],
  );
  return new Set(rows.map((r) => r.no));
}

/** Which pass through a journey each of these messages, by their ids outside, belongs to. */
export async function passesOf(pg: Pg, workspaceNo: number, messages: readonly string[]): Promise<Map<string, number>> {
  const ids = new Map(messages.map((id) => [outboxNo(id), id]));
  const rows = await pg.query<{ no: number; pass_no: number }>(
    'SELECT no, pass_no FROM outbox WHERE workspace_no = $1 AND no = ANY($2) AND pass_no IS NOT NULL',
    [workspaceNo, [...ids.keys()]],
  );
  return new Map(rows.map((r) => [ids.get(r.no)!, r.pass_no]));
}

/** The messages of passes that go to the new person go with them, but for those that went to an address of the other. */
export async function movePasses(
  tx: Pg,
  workspaceNo: number,
  { from, to }: Pick<Split, 'from' | 'to'>,
  passNos: readonly number[],
): Promise<void> {
  await tx.query(
    `UPDATE outbox SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND pass_no = ANY($4) AND coalesce(address, '') = ''`,
    [workspaceNo, from, to, [...passNos]],
  );
}
