import type { Ch } from '../../../base/index.ts';
import { carrierOf } from '../../carrier.ts';
import { hashKey } from '../../dedupe.ts';
import { hourOf } from '../calendar.ts';
import { countRange } from '../count.ts';
import { detect } from '../detect.ts';
import { follow, keyOf, knownHours } from '../follow.ts';
import { asOf, type History, mark, readHistory } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import type { Fault } from './faults.ts';
import { type Made, type Plan, stream } from './stream.ts';

export interface Told extends Known {
  /** When it was said as news: opened, and opened again after it had closed; with the hour from which on it was seen then. */
  openings: { at: number; from: number }[];
  suspicion: Suspicion;
}

export const contextOf = (m: Made) => ({
  ...(m.sdk ? { library: { name: m.sdk, version: m.version } } : {}),
  ...(m.carrier ? { carrier: m.carrier } : {}),
});

/** Puts a whole stream into a fresh ClickHouse, beside the write path, and counts it: for many seeds in little time. */
export async function loadStream(ch: Ch, workspaceNo: number, plan: Plan): Promise<History> {
  const people = new Map<string, number>();
  const named = new Set<number>();
  let lines: string[] = [];
  let firstBatch = 0;
  const again: object[] = [];
  for (const { hour, endMs, made } of stream(plan)) {
    for (const m of made) {
      const ids = [m.userId && `u ${m.userId}`, m.anonymousId && `a ${m.anonymousId}`].filter(
        (v): v is string => v !== undefined && v !== '',
      );
      const known = [...new Set(ids.map((v) => people.get(v)).filter((v) => v !== undefined))];
      const person = known[0] ?? people.size + 1;
      for (const v of ids) people.set(v, person);
      if (m.userId) named.add(person);
      const row = (messageId: string, type: Made['type'], event: string, source: string) =>
        JSON.stringify({
          ...{ workspace_no: workspaceNo, person_no: person, time: m.timeMs, type, event, message_id: messageId, key: hashKey(messageId) },
          ...{ batch: hour + 1, received_at: endMs - 1, source, carrier: carrierOf(contextOf(m), undefined) },
          ...{ properties: m.properties, context: JSON.stringify(contextOf(m)) },
        });
      lines.push(row(m.messageId, m.type, m.event, m.source));
      if (known.length > 1) lines.push(row(`merge:${m.messageId}`, 'track', 'Identity Merged', 'yutang'));
      if (m.again)
        again.push({
          workspace_no: workspaceNo,
          hour: new Date(endMs - 3_600_000).toISOString(),
          type: m.type,
          event: m.event,
          source: m.source,
          sdk: m.sdk,
          version: m.version,
          carrier: m.carrier,
          duplicates: m.again,
        });
    }
    // Ten days at a time: many seeds are to be looked at.
    if (hour % 240 !== 239 && hour !== plan.days * 24 - 1) continue;
    await ch.insertText('events', lines.join('\n'));
    lines = [];
    const counts = await countRange(
      {
        ch,
        source: (ws, list, more = []) =>
          `(SELECT *${more.map((c) => `, ${c}`).join('')} FROM events WHERE workspace_no = ${ws}${list ? ` AND person_no IN (${[...list].join(',')})` : ''})`,
        nobodyOf: async (_, list) => list.filter((no) => !named.has(no)),
      },
      firstBatch,
      hour + 1,
    );
    firstBatch = hour + 1;
    for (const table of ['hours', 'properties', 'numbers', 'measures'] as const) await ch.insertRows(`health_${table}`, counts[table]);
  }
  await ch.insertRows('health_hours', again);
  const start = hourOf(plan.startMs);
  const history = await readHistory(ch, workspaceNo, 'Asia/Shanghai', start, start + plan.days * 24);
  if (plan.sale !== undefined) {
    const from = plan.startMs + plan.sale * 86_400_000;
    mark(history, history.expected, from, from + 86_400_000);
    mark(history, history.unlike, from, from + 86_400_000);
  }
  return history;
}

/** Looks at a history as it went on, every so many hours, as the program does. */
export function walk(history: History, everyHours: number): Told[] {
  const all: Told[] = [];
  for (let at = history.start + 14 * 24; at <= history.end; at += everyHours) {
    const known = all.filter((t) => t.open || at - t.to <= knownHours);
    const said = detect(asOf(history, at, all), at - everyHours, known, new Set());
    const { opened, continued, closed } = follow(known, said, at);
    for (const s of opened)
      all.push({
        detector: s.detector,
        subject: s.subject,
        from: s.from,
        to: s.to,
        open: true,
        openings: [{ at, from: s.from }],
        suspicion: s,
      });
    for (const { before, now } of continued) {
      if (!before.open) (before as Told).openings.push({ at, from: now.from });
      Object.assign(before, { to: Math.max(before.to, now.to), open: true });
    }
    for (const one of closed) one.open = false;
  }
  return all;
}

export interface Verdict {
  found: { kind: string; after: number; by: string }[];
  missed: string[];
  late: string[];
  falseAlarms: string[];
  findings: number;
}

/** Refunds come up to four days after the order (`stream.ts`). */
const refundsHours = 96;
/** A finding that opens so long after its time is late; after that it is missed. */
const lateHours = 48;

/**
 * Which faults were found and when, and what was told without one. Strict: a fault is found only by a finding of one of its kinds and of its subject that opened, or opened
 * again, after it began and within its time, or at the first look after that (every so many hours); one that was open already does not count. Every opening must come
 * from a fault: one that went on in the time that was looked at (refunds of lost orders: up to four days after it).
 */
export function judge(told: readonly Told[], faults: readonly Fault[], startHour: number, everyHours: number): Verdict {
  const verdict: Verdict = { found: [], missed: [], late: [], falseAlarms: [], findings: told.length };
  const fits = (list: Fault['finds'] | undefined, t: Told) =>
    list?.some((f) => f.detector === t.detector && f.subject.test(t.subject)) ?? false;
  for (const fault of faults) {
    const [first] = told
      .filter((t) => fits(fault.finds, t))
      .flatMap((t) => t.openings.map(({ at, from }) => ({ after: at - startHour - fault.from, from, by: keyOf(t) })))
      .filter(({ after, from }) => after > 0 && after <= fault.within + lateHours && from < startHour + fault.to)
      .sort((a, b) => a.after - b.after);
    if (!first) verdict.missed.push(fault.kind);
    else if (first.after > fault.within + everyHours - 1) verdict.late.push(`${fault.kind} (${first.after} h for ${fault.within})`);
    else verdict.found.push({ kind: fault.kind, after: first.after, by: first.by });
  }
  for (const t of told) {
    t.openings.forEach(({ at, from }, again) => {
      const explained = faults.some((f) => {
        const follows = f.losesOrders && t.detector === 'refunds_unmatched';
        return (
          at > startHour + f.from &&
          from < startHour + f.to + (follows ? refundsHours : 0) &&
          (follows || fits(f.finds, t) || fits(f.also, t))
        );
      });
      if (explained) return;
      const s = t.suspicion;
      verdict.falseAlarms.push(
        `${keyOf(t)}${again > 0 ? ' again' : ''} hour ${at - startHour} (day ${Math.floor((at - startHour) / 24)}) ${s.observed.toFixed(2)} for ${s.expected.toFixed(2)} [${s.certainty.toFixed(1)}] of ${s.of ?? ''}`,
      );
    });
  }
  return verdict;
}
