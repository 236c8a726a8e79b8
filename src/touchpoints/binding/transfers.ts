import { z } from 'zod';
import { decodeCursor, encodeCursor, newId, notFound, type Pg, problem } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import type { BindingDeps, TransferAsk } from './ports.ts';
import { tell } from './tell.ts';
import { workOut } from './work-out.ts';

/**
 * The platform's rules for handing customers over (WeCom, 在职继承 and 离职继承; read 2026-02): a customer at most twice in 90 days, at most 100 in a
 * call, effective after 24 hours unless the customer refuses.
 */
export const transferLimits = { timesPerCustomer: 2, inDays: 90, perCall: 100 };
const DAY = 86_400_000;

/** Why a row of an ask was refused, by the platform's number. */
const refusals: Record<number, string> = {
  40097: 'The member who gives has not left; ask as for one who is there',
  40098: 'The member who takes over is not verified',
  40099: 'The member who takes over has as many customers as allowed',
  40100: 'A hand-over of this customer is under way',
  40128: 'This customer was handed over too often; at most 2 times in 90 days',
  40129: 'A hand-over of this customer is under way',
  40130: 'Both members are the same',
  40131: 'This is not a customer of the member who gives',
};

export interface Transfer {
  id: string;
  personId: string;
  from: string;
  to: string;
  state: 'asked' | 'waiting' | 'done' | 'refused' | 'failed' | 'cancelled';
  resigned: boolean;
  reason: string;
  /** Why it failed, in words. */
  error: string | null;
  askedAt: string;
  by: string;
  endedAt: string | null;
}

interface Row {
  id: string;
  person_no: number;
  external_userid: string;
  giver_id: string;
  taker_id: string;
  state: Transfer['state'];
  resigned: boolean;
  reason: string;
  error: string | null;
  asked_at: Date;
  actor: string;
  ended_at: Date | null;
}

interface Open extends Row {
  workspace_no: number;
}

const columns = 'id, person_no, external_userid, giver_id, taker_id, state, resigned, reason, error, asked_at, actor, ended_at';
const shape = (r: Row): Transfer => ({
  id: r.id,
  personId: personId(r.person_no),
  from: r.giver_id,
  to: r.taker_id,
  state: r.state,
  resigned: r.resigned,
  reason: r.reason,
  error: r.error,
  askedAt: r.asked_at.toISOString(),
  by: r.actor,
  endedAt: r.ended_at?.toISOString() ?? null,
});

/** Gives a customer to somebody by hand, as a fact that the history is worked out from. */
export async function writeAct(
  pg: Pg,
  workspaceNo: number,
  act: { id: string; personNo: number; staff: string | null; at: Date; actor: string; reason: string },
): Promise<void> {
  await pg.query(
    `INSERT INTO binding_acts (workspace_no, id, person_no, first_no, staff_id, at, actor, reason) VALUES ($1, $2, $3, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [workspaceNo, act.id, act.personNo, act.staff, act.at, act.actor, act.reason],
  );
}

/**
 * Handing a customer's friendship over at the platform. The binding moves when the platform says that it is done, or somebody says that they did it by
 * hand; where the platform cannot be asked, what is wanted is written down.
 */
export function createTransfers(deps: BindingDeps) {
  const { pg, clock, log, platform } = deps;

  const end = async (row: Open, state: Transfer['state'], error: string | null): Promise<void> => {
    const moved = await pg.tx(async (tx) => {
      const [changed] = await tx.query<{ person_no: number }>(
        `UPDATE customer_transfers SET state = $3, error = $4, ended_at = $5 WHERE workspace_no = $1 AND id = $2 AND state IN ('asked', 'waiting')
         RETURNING person_no`,
        [row.workspace_no, row.id, state, error, clock.now()],
      );
      if (!changed || state !== 'done') return undefined;
      const act = { id: row.id, personNo: changed.person_no, staff: row.taker_id, at: clock.now(), actor: row.actor, reason: row.reason };
      await writeAct(tx, row.workspace_no, act);
      return changed.person_no;
    });
    if (moved === undefined) return;
    await workOut(deps, row.workspace_no, [moved]);
    await tell(deps, row.workspace_no);
  };

  const submit = async (workspaceNo: number, rows: Open[]): Promise<void> => {
    const [first] = rows;
    if (!first || !platform?.transfer) return;
    const ask: TransferAsk = {
      from: first.giver_id,
      to: first.taker_id,
      resigned: first.resigned,
      externalUserIds: rows.map((r) => r.external_userid),
    };
    let answer: Map<string, number>;
    try {
      answer = await platform.transfer(workspaceNo, ask);
    } catch (error) {
      // Asked again by the next look: the platform answers "under way" to what it had taken already.
      log.warn({ err: error }, 'a hand-over could not be asked for');
      return;
    }
    for (const row of rows) {
      const code = answer.get(row.external_userid);
      if (code === undefined) continue;
      const begun = code === 0 || code === 40100 || code === 40129;
      if (begun)
        await pg.query("UPDATE customer_transfers SET state = 'waiting' WHERE workspace_no = $1 AND id = $2 AND state = 'asked'", [
          workspaceNo,
          row.id,
        ]);
      else await end(row, 'failed', refusals[code] ?? `WeCom refused it (${code})`);
    }
  };

  const poll = async (workspaceNo: number, rows: Open[]): Promise<void> => {
    const [first] = rows;
    if (!first || !platform?.transferResult) return;
    const results = await platform
      .transferResult(workspaceNo, { from: first.giver_id, to: first.taker_id, resigned: first.resigned })
      .catch((error: unknown) => {
        log.warn({ err: error }, 'how hand-overs stand could not be asked');
        return new Map<string, never>();
      });
    for (const row of rows) {
      const status = results.get(row.external_userid);
      if (status === 1) await end(row, 'done', null);
      else if (status === 3) await end(row, 'refused', 'The customer refused');
      else if (status === 4) await end(row, 'failed', refusals[40099]!);
    }
  };

  const get = async (workspaceNo: number, id: string): Promise<Open> => {
    const [row] = await pg.query<Row>(`SELECT ${columns} FROM customer_transfers WHERE workspace_no = $1 AND id = $2`, [workspaceNo, id]);
    if (!row) throw notFound('Transfer');
    return { ...row, workspace_no: workspaceNo };
  };

  return {
    /** Writes down that friendships are to be handed over. Returns whose, with the id of each, and whom the platform's limit forbids. */
    ask: async (
      workspaceNo: number,
      ask: { from: string; to: string; friends: ReadonlyMap<number, string>; resigned: boolean; reason: string; actor: string },
    ): Promise<{ asked: Map<number, string>; tooOften: number[]; underWay: number[] }> => {
      const numbers = [...ask.friends.keys()];
      const since = new Date(clock.ms() - transferLimits.inDays * DAY);
      const before = await pg.query<{ no: number; n: number; open: boolean }>(
        `SELECT person_no AS no, count(*) FILTER (WHERE state IN ('waiting', 'done') AND asked_at > $3) AS n, bool_or(state IN ('asked', 'waiting')) AS open
         FROM customer_transfers WHERE workspace_no = $1 AND person_no = ANY($2) GROUP BY 1`,
        [workspaceNo, numbers, since],
      );
      const tooOften = before.filter((r) => r.n >= transferLimits.timesPerCustomer).map((r) => r.no);
      const underWay = before.filter((r) => r.open).map((r) => r.no);
      const free = numbers.filter((no) => !tooOften.includes(no) && !underWay.includes(no));
      const asked = new Map(free.map((no) => [no, newId('tra', clock.ms())]));
      await pg.query(
        `INSERT INTO customer_transfers (workspace_no, id, person_no, first_no, external_userid, giver_id, taker_id, state, resigned, reason, asked_at, actor)
         SELECT $1, t.id, t.no, t.no, t.ext, $5, $6, 'asked', $7, $8, $9, $10 FROM unnest($2::text[], $3::bigint[], $4::text[]) AS t (id, no, ext)`,
        [
          ...[workspaceNo, [...asked.values()], free, free.map((no) => ask.friends.get(no)!)],
          ...[ask.from, ask.to, ask.resigned, ask.reason, clock.now(), ask.actor],
        ],
      );
      return { asked, tooOften, underWay };
    },

    /** Asks the platform for what was written down, and how it stands with what it has begun. */
    work: async (): Promise<number> => {
      const rows = await pg.query<Open>(
        `SELECT workspace_no, ${columns} FROM customer_transfers WHERE state IN ('asked', 'waiting') ORDER BY asked_at LIMIT 5000`,
      );
      const groups = Map.groupBy(rows, (r) => [r.workspace_no, r.state, r.giver_id, r.taker_id, r.resigned].join('\n'));
      for (const group of groups.values()) {
        const { workspace_no: ws, state } = group[0]!;
        if (state === 'waiting') await poll(ws, group);
        else for (let i = 0; i < group.length; i += transferLimits.perCall) await submit(ws, group.slice(i, i + transferLimits.perCall));
      }
      return rows.length;
    },

    /** Somebody did it in the platform's own console. */
    confirm: async (workspaceNo: number, id: string): Promise<Transfer> => {
      const row = await get(workspaceNo, id);
      if (row.state !== 'asked' && row.state !== 'waiting') throw problem(409, 'This hand-over is over');
      await end(row, 'done', null);
      return shape(await get(workspaceNo, id));
    },

    cancel: async (workspaceNo: number, id: string): Promise<Transfer> => {
      const row = await get(workspaceNo, id);
      if (row.state !== 'asked')
        throw problem(409, 'This hand-over cannot be taken back', {
          detail: 'WeCom has begun it, or it is over. Hand the customer back instead.',
        });
      await end(row, 'cancelled', null);
      return shape(await get(workspaceNo, id));
    },

    ofPerson: async (workspaceNo: number, personNo: number): Promise<Transfer[]> =>
      (
        await pg.query<Row>(
          `SELECT ${columns} FROM customer_transfers WHERE workspace_no = $1 AND person_no = $2 ORDER BY id DESC LIMIT 50`,
          [workspaceNo, personNo],
        )
      ).map(shape),

    list: async (workspaceNo: number, query: { state?: Transfer['state'] | undefined; cursor?: string | undefined; limit: number }) => {
      const rows = await pg.query<Row>(
        `SELECT ${columns} FROM customer_transfers WHERE workspace_no = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
        [workspaceNo, query.state ?? null, decodeCursor(query.cursor, z.string()) ?? null, query.limit + 1],
      );
      const items = rows.slice(0, query.limit).map(shape);
      return { items, nextCursor: rows.length > query.limit ? encodeCursor(items.at(-1)!.id) : null };
    },
  };
}
export type Transfers = ReturnType<typeof createTransfers>;
