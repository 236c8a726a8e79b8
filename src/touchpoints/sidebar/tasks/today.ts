import { wallIn } from '../../live/wall.ts';
import type { Task, TaskDeps, TaskKind, Today } from './ports.ts';

const DAY = 86_400_000;
/** A new friend is to be greeted within so many days; done, the same thing is not asked again for so long. */
const greetDays = 3;
export const quietDays = 7;
const readyAtOnce = 20;
const most = 200;

/** A binding that has run out is nobody's. */
export const holds = (b: string, now: string): string => `(${b}.paused OR ${b}.valid_until IS NULL OR ${b}.valid_until > ${now})`;

/** Theirs, and what somebody who has left was to do for customers who are now theirs. */
export const theirs = (now: string): string => `(t.staff_id = $2 OR EXISTS (
  SELECT FROM staff s JOIN bindings b ON b.workspace_no = $1 AND b.person_no = t.person_no AND b.staff_id = $2 AND ${holds('b', now)}
  WHERE s.workspace_no = $1 AND s.id = t.staff_id AND s.state = 'left'))`;

export interface TaskRow {
  id: string;
  kind: TaskKind;
  person_no: number;
  text: string;
  due: string;
}
export const taskColumns = 't.id, t.kind, t.person_no, t.text, t.due::text AS due';

/** Everything that one staff member is to see to today. */
export async function readToday(deps: TaskDeps, ws: number, zone: string, staffId: string): Promise<Today> {
  const { pg, clock, sources } = deps;
  const { date: day } = wallIn(zone, clock.now());
  const ago = (days: number) => new Date(clock.ms() - days * DAY);
  const [open, later, marked, friends, mine, waiting] = await Promise.all([
    pg.query<TaskRow>(
      `SELECT ${taskColumns} FROM staff_tasks t WHERE t.workspace_no = $1 AND t.state = 'open' AND t.due <= $3 AND ${theirs('$4')} ORDER BY t.due, t.id LIMIT ${most}`,
      [ws, staffId, day, clock.now()],
    ),
    pg.query<{ n: number }>(
      `SELECT count(*) AS n FROM staff_tasks t WHERE t.workspace_no = $1 AND t.state = 'open' AND t.due > $3 AND ${theirs('$4')}`,
      [ws, staffId, day, clock.now()],
    ),
    pg.query<{ kind: TaskKind; person_no: number }>(
      `SELECT kind, person_no FROM staff_tasks WHERE workspace_no = $1 AND staff_id = $2 AND kind <> 'follow_up' AND (state = 'open' OR ended_at > $3)`,
      [ws, staffId, ago(quietDays)],
    ),
    sources.newFriends(ws, staffId, ago(greetDays)),
    pg.query<{ no: number }>(
      `SELECT b.person_no AS no FROM bindings b WHERE b.workspace_no = $1 AND b.staff_id = $2 AND ${holds('b', '$3')} LIMIT 20000`,
      [ws, staffId, clock.now()],
    ),
    sources.waiting(ws, staffId),
  ]);
  const seen = new Set(marked.map((m) => `${m.kind}:${m.person_no}`));
  const greet = friends.filter((no) => !seen.has(`greet:${no}`));
  const ready = await sources.ready(
    ws,
    mine.map((m) => m.no),
    readyAtOnce,
  );
  const act = ready.filter(({ personNo: no }) => !seen.has(`act:${no}`) && !greet.includes(no));
  const cards = await sources.cards(ws, [...open.map((o) => o.person_no), ...greet, ...act.map((a) => a.personNo)]);
  const task = (kind: TaskKind, no: number, more: Partial<Task> = {}): Task[] => {
    const card = cards.get(no);
    if (!card) return [];
    const { id: personId, name, customer } = card;
    return [{ id: `${kind}:${personId}`, kind, personId, name, customer, text: '', due: day, overdue: false, ...more }];
  };
  const kept = open.flatMap((o) => task(o.kind, o.person_no, { id: o.id, text: o.text, due: o.due, overdue: o.due < day }));
  return {
    day,
    items: [
      ...kept.filter((k) => k.overdue),
      ...greet.flatMap((no) => task('greet', no)),
      ...act.flatMap(({ personNo, chance }) => task('act', personNo, { chance })),
      ...kept.filter((k) => !k.overdue),
    ],
    waiting,
    later: later[0]!.n,
  };
}
