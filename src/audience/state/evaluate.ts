import { boundary, type Ch, type Clock, createPace, type Log, type Pg, sqlNumbers } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import { NEVER } from '../compile/window.ts';
import type { Store, VersionedDefinitions } from '../definitions/store.ts';
import { nearAtOnce } from '../near/near.ts';
import { type Known, knownNumbers, knownOf, standsNowhere } from './diff.ts';
import { changedNear } from './diff-near.ts';
import { type Changed, diffSql } from './diff-sql.ts';
import { createGiven } from './given.ts';
import { createKept } from './kept.ts';
import { linesOf } from './lines.ts';
import { type StateRow, stateOf, type Told, type Transition, transitions, Words } from './transitions.ts';
import { onlyPassive, touchedBy, type Unit, unitsOf } from './units.ts';

export interface EvaluateDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  events: Pick<Events, 'source' | 'tell'>;
  store: Store;
}
/** What to run: every unit, those that events of these names can change, or those with these ids. */
type What = { all: true } | { names: ReadonlySet<string> } | { ids: readonly string[] };

const peopleAtOnce = 20_000;
/** Up to so many people are worked out in this process, some at a time; for more, ClickHouse's one pass is cheaper. */
const nearMost = 8_000;
const numbersAtOnce = 50_000;
/** So many people's changes are told, and then kept, at once. */
const toldAtOnce = 10_000;

/** Works out what is true of people and writes what changed: the events first, then the state, so that a crash between loses and doubles nothing. */
export function createEvaluate(deps: EvaluateDeps) {
  const { pg, ch, clock, events, store } = deps;
  const kept = createKept(deps);
  const given = createGiven(deps);
  const waiting = new Map<number, Promise<unknown>>();
  const unitsAt = new Map<number, { version: number; units: Unit[] }>();

  /** Whoever wrote last may have been stopped in the middle. */
  const mend = async (ws: number): Promise<void> => {
    const open = await kept.open(ws);
    if (!open) return;
    if (open.people === null) await given.everyone(ws);
    await kept.mend(ws, open.people);
  };

  /** One evaluation at a time a workspace, here by a queue and between processes by a lock: two would read the same old state. */
  const alone = <T>(ws: number, work: () => Promise<T>): Promise<T> => {
    const run = (waiting.get(ws) ?? Promise.resolve()).then(() =>
      pg.tx(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(7101, $1)', [ws]);
        await mend(ws);
        return work();
      }),
    );
    const settled = run.catch(() => {});
    waiting.set(ws, settled);
    void settled.then(() => {
      if (waiting.get(ws) === settled) waiting.delete(ws);
    });
    return run;
  };
  const unitsFor = (ws: number, defs: VersionedDefinitions): Unit[] => {
    const known = unitsAt.get(ws);
    if (known?.version === defs.version) return known.units;
    const units = unitsOf(defs);
    unitsAt.set(ws, { version: defs.version, units });
    return units;
  };

  const part = async (
    ws: number,
    what: What,
    asked: number,
    where: { people: readonly number[]; known?: ReadonlyMap<number, Known> | undefined } | { range: { from: number; to: number } },
  ): Promise<number> => {
    // Whoever waited for their turn asked as of an instant that others have gone past: what they found is not taken back for it.
    const now = Math.max(asked, clock.ms());
    const defs = await store.load(ws);
    const all = unitsFor(ws, defs);
    const units = 'all' in what ? all : all.filter((u) => ('names' in what ? touchedBy(u.needs, what.names) : what.ids.includes(u.id)));
    const gone = 'ids' in what ? what.ids.filter((id) => !all.some((u) => u.id === id)) : [];
    if (units.length + gone.length === 0) return 0;
    const people = 'people' in where ? where.people : undefined;
    // What happens at this very instant has happened: rules look at events before the next millisecond.
    const run = { asOf: now + 1, units, gone, whole: units.length === all.length };
    const source = (columns: readonly string[]) => events.source(ws, people, columns);
    const near =
      people && people.length <= nearAtOnce
        ? await changedNear(ch, source, ('known' in where && where.known) || (await knownOf(ch, ws, people)), run)
        : undefined;
    const answered =
      near ??
      (await linesOf<Changed>(
        ch,
        diffSql({ workspaceNo: ws, source, ...run, ...(people ? { people } : {}), ...('range' in where ? { range: where.range } : {}) }),
      ));
    // Of whom only some units were asked in ClickHouse, this process knows nothing else.
    const partly = !near && !run.whole;
    const changed = run.whole ? answered : answered.filter((row) => row.oVersion > 0);
    const words = new Words(defs);
    const pace = createPace();
    // While the state of some is kept, the events of the next are written: two databases and this process work side by side.
    let keeping = Promise.resolve();
    for (let i = 0; i < changed.length; i += toldAtOnce) {
      const found: { row: Changed; transition: Transition }[] = [];
      for (const row of changed.slice(i, i + toldAtOnce)) {
        found.push({ row, transition: transitions(ws, row, now, words) });
        if (pace.due()) await pace.rest();
      }
      const told: Told[] = found.flatMap((f) => f.transition.told);
      // Of whom was erased meanwhile nothing is said any more, and their state goes with them.
      const { erased } = await events.tell(ws, { timestamp: new Date(now), words: words.list, told });
      boundary('audience.transitions.written');
      const here = erased.size ? found.filter((f) => !erased.has(f.row.p)) : found;
      await keeping;
      const changes = here.map((f) => f.transition.change);
      keeping = kept.keep(ws, changes, partly ? undefined : here.map((f) => stateOf(ws, f.row, f.transition.change)));
      // It is waited for below; until then a failure is nobody's.
      keeping.catch(() => {});
    }
    await keeping;
    let written = changed.length;
    // Of whom nothing is said yet every rule is run.
    const fresh = run.whole ? [] : answered.filter((row) => row.oVersion === 0).map((row) => row.p);
    for (const some of chunks(fresh)) written += await part(ws, { all: true }, asked, { people: some });
    return written;
  };

  const chunks = (people: readonly number[]): number[][] => {
    const size = people.length <= nearMost ? nearAtOnce : peopleAtOnce;
    return Array.from({ length: Math.ceil(people.length / size) }, (_, i) => people.slice(i * size, (i + 1) * size));
  };

  const forget = async (ws: number, people: readonly number[]): Promise<void> => {
    if (people.length === 0) return;
    const rows = await ch.query<{ p: number; v: number }>(
      `SELECT person_no AS p, version AS v FROM person_state FINAL WHERE workspace_no = ${ws} AND person_no IN ${sqlNumbers(people)}`,
    );
    const gone = rows.map(
      ({ p, v }): StateRow => ({
        workspace_no: ws,
        person_no: p,
        stage: '',
        tier: '',
        level: '',
        tags: [],
        audiences: [],
        since: {},
        next_due: NEVER,
        version: v + 1,
        deleted: 1,
      }),
    );
    await kept.forget(ws, gone);
  };

  return {
    /** Runs rules over these people or everyone, as of `now`; returns how many people's state was written. */
    evaluate: async (
      ws: number,
      people: readonly number[] | 'all',
      now: number = clock.ms(),
      options: { only?: readonly string[]; progress?: (done: number, total: number) => Promise<void> } = {},
    ): Promise<number> => {
      const what: What = options.only ? { ids: options.only } : { all: true };
      let written = 0;
      if (people !== 'all') {
        for (const some of chunks(people)) written += await alone(ws, () => part(ws, what, now, { people: some }));
        return written;
      }
      // Understanding the statement costs by the rules, whatever the people: with many rules more people are taken at once.
      const rules = options.only?.length ?? unitsFor(ws, await store.load(ws)).length;
      const size = numbersAtOnce * Math.min(10, Math.max(1, Math.ceil(rules / 50)));
      const blocks = await ch.query<{ b: number }>(`SELECT DISTINCT intDiv(person_no, ${size}) AS b FROM ${events.source(ws)} ORDER BY b`);
      // In ranges of numbers, with the way free for live changes between them.
      for (const [i, { b }] of blocks.entries()) {
        const range = { from: b * size, to: (b + 1) * size };
        written += await alone(ws, () => part(ws, what, now, { range }));
        await options.progress?.(i + 1, blocks.length);
      }
      return written;
    },
    /** A slice of landed events: only what its names can change is run again, for its people. */
    slice: async (
      ws: number,
      people: readonly number[],
      names: ReadonlySet<string>,
      batches: { from: number; to: number },
    ): Promise<void> => {
      if (names.has('Tag Added')) await alone(ws, () => given.note(ws, people, batches));
      const defs = await store.load(ws);
      const touched = unitsFor(ws, defs).some((u) => touchedBy(u.needs, names));
      const mayBeNew = !onlyPassive(names);
      if (!touched && !mayBeNew) return;
      for (const some of chunks(people))
        await alone(ws, async () => {
          const states = some.length <= nearAtOnce ? await knownOf(ch, ws, some) : undefined;
          const known = states ?? (await knownNumbers(ch, ws, some));
          // Of whom nothing is said yet every rule is run: whoever had only events to come is here from now on.
          const isFresh = (p: number) => !known.has(p) || (states !== undefined && standsNowhere(states.get(p)!));
          const fresh = some.filter(isFresh);
          if (fresh.length) await part(ws, { all: true }, clock.ms(), { people: fresh, known: states });
          const others = fresh.length ? some.filter((p) => !isFresh(p)) : some;
          if (touched && others.length) await part(ws, { names }, clock.ms(), { people: others, known: states });
        });
    },
    /** Re-runs people of whom time alone may have changed something by `now`. */
    sweepDue: async (now: number = clock.ms()): Promise<number> => {
      let swept = 0;
      for (const ws of await store.workspaces()) {
        if (await kept.open(ws)) await alone(ws, async () => {});
        let last = new Set<number>();
        for (;;) {
          const rows = await ch.query<{ p: number }>(
            `SELECT person_no AS p FROM person_state FINAL WHERE workspace_no = ${ws} AND next_due <= ${now} ORDER BY p LIMIT ${peopleAtOnce}`,
          );
          if (rows.length === 0) break;
          const people = rows.map((r) => r.p);
          // Still due after having been run: no event of theirs is left.
          const empty = people.filter((p) => last.has(p));
          if (empty.length) await alone(ws, () => forget(ws, empty));
          const rest = people.filter((p) => !last.has(p));
          for (const some of chunks(rest)) await alone(ws, () => part(ws, { all: true }, now, { people: some }));
          swept += rest.length;
          last = new Set(rest);
        }
      }
      return swept;
    },
    forget: (ws: number, people: readonly number[]) => alone(ws, () => forget(ws, people)),
    /** What tags these people were given is read again from all their events. */
    giveAgain: (ws: number, people: readonly number[]) => alone(ws, () => given.again(ws, people)),
    /** Takes up what a stop has cut short. */
    mend: async (): Promise<void> => {
      for (const ws of await store.workspaces()) if (await kept.open(ws)) await alone(ws, async () => {});
    },
  };
}
export type Evaluate = ReturnType<typeof createEvaluate>;
