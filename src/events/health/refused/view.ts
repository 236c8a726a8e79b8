import type { Ch, Pg } from '../../../base/index.ts';
import { msOf } from '../calendar.ts';
import { between } from '../running.ts';
import type { Suspicion } from '../suspicion.ts';
import { type RefusedReason, refusedReasons, refusedSeries } from './store.ts';

interface Deps {
  pg: Pg;
  ch: Ch;
  keys: (workspaceNo: number) => Promise<readonly { id: string; name: string }[]>;
}

const days = 7;

export interface RefusedSender {
  door: string;
  key: string;
  /** Of the write key; null when it is there no more. */
  name: string | null;
  accepted: number;
  refused: number;
  last24h: number;
  /** Refused by hour, oldest first, the hour that goes on among them. */
  hours: number[];
  reasons: (Omit<RefusedReason, 'door' | 'key'> & { at: string | null; example: unknown })[];
}

/** What was refused in the last seven days, by sender, with an outline of the latest of each reason. */
export async function refusedView(deps: Deps, workspaceNo: number, nowHour: number): Promise<{ days: number; items: RefusedSender[] }> {
  const [start, end] = [nowHour + 1 - days * 24, nowHour + 1];
  const [series, reasons, examples, keys] = await Promise.all([
    refusedSeries(deps.ch, workspaceNo, start, end),
    refusedReasons(deps.ch, workspaceNo, start, end, { limit: 200 }),
    deps.pg.query<{ door: string; key: string; field: string; reason: string; at: string; example: unknown }>(
      'SELECT door, key_id AS key, field, reason, at, example FROM health_refused_examples WHERE workspace_no = $1 AND at >= $2 ORDER BY at DESC LIMIT 1000',
      [workspaceNo, new Date(msOf(start))],
    ),
    deps.keys(workspaceNo),
  ]);
  const items = series.map(({ subject, count, of }): RefusedSender => {
    const [door, key] = subject.split('/') as [string, string];
    const refused = between(count, 0, count.length);
    return {
      ...{ door, key, name: keys.find((k) => k.id === key)?.name ?? null },
      ...{ accepted: between(of, 0, of.length) - refused, refused, last24h: between(count, count.length - 24, count.length) },
      hours: Array.from(count),
      reasons: reasons
        .filter((r) => r.door === door && r.key === key)
        .map(({ door: _, key: __, ...r }) => {
          const latest = examples.find((e) => e.door === door && e.key === key && e.field === r.field && e.reason === r.reason);
          return { ...r, at: latest?.at ?? null, example: latest?.example ?? null };
        }),
    };
  });
  return { days, items: items.sort((a, b) => b.last24h - a.last24h || b.refused - a.refused) };
}

/** The reasons behind a finding, and whose key it was. */
export async function whyRefused(deps: Deps, workspaceNo: number, s: Suspicion): Promise<Record<string, unknown>> {
  const subject = s.subject.slice(s.subject.indexOf(':') + 1);
  const [reasons, keys] = await Promise.all([
    refusedReasons(deps.ch, workspaceNo, s.from, s.to, { subject, limit: 5 }),
    deps.keys(workspaceNo),
  ]);
  const name = keys.find((k) => k.id === subject.slice(subject.indexOf('/') + 1))?.name ?? null;
  return { name, reasons: reasons.map(({ field, reason, count, events, sdks }) => ({ field, reason, count, events, sdks })) };
}
