import { type Clock, newId, type Pg } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import { hourOf, msOf } from './calendar.ts';
import type { Followed } from './follow.ts';
import type { DetectorName, Known, Severity, Suspicion } from './suspicion.ts';

export type Handling = 'new' | 'acknowledged' | 'muted' | 'expected';

export interface Example {
  messageId: string;
  event: string;
  type: string;
  timestamp: string;
  receivedAt: string;
  personId: string;
  source: string;
  sdk: string;
}

export interface Evidence {
  observed: number;
  expected: number;
  low: number;
  high: number;
  unit: Suspicion['unit'];
  of?: number;
  certainty: number;
  by: string[];
  examples: Example[];
  details?: Record<string, unknown>;
}

export interface FindingView {
  id: string;
  detector: DetectorName;
  subject: string;
  state: 'open' | 'closed';
  handling: Handling;
  severity: Severity;
  firstAt: string;
  lastAt: string;
  openedAt: string;
  /** When it opened again, the last time. */
  reopenedAt: string | null;
  closedAt: string | null;
  note: string | null;
  handledBy: string | null;
  handledAt: string | null;
  evidence: Evidence;
}

export interface KnownFinding extends Known {
  id: string;
}

export const findingColumns = `id, detector, subject, state, handling, severity, first_at AS "firstAt", last_at AS "lastAt", opened_at AS "openedAt",
  reopened_at AS "reopenedAt", closed_at AS "closedAt", note, handled_by AS "handledBy", handled_at AS "handledAt", evidence`;

/** A finding as it is shown: nobody outside knows people by their numbers. */
export const shownFinding = <T extends FindingView>(row: T): T =>
  row.subject.startsWith('person:') ? { ...row, subject: `person:${personId(Number(row.subject.slice(7)))}` } : row;

/** Findings that are open, or were since an hour. */
export async function knownFindings(pg: Pg, workspaceNo: number, since: number): Promise<KnownFinding[]> {
  const rows = await pg.query<{
    id: string;
    detector: DetectorName;
    subject: string;
    state: string;
    first_at: Date | string;
    last_at: Date | string;
  }>(
    "SELECT id, detector, subject, state, first_at, last_at FROM health_findings WHERE workspace_no = $1 AND (state = 'open' OR last_at >= $2) ORDER BY id",
    [workspaceNo, new Date(msOf(since))],
  );
  return rows.map((r) => ({
    ...{ id: r.id, detector: r.detector, subject: r.subject, open: r.state === 'open' },
    ...{ from: hourOf(new Date(r.first_at).getTime()), to: hourOf(new Date(r.last_at).getTime()) },
  }));
}

/** Writes what became of the findings, in one transaction with how far was looked. */
export async function keepFindings(
  deps: { pg: Pg; clock: Clock },
  workspaceNo: number,
  end: number,
  followed: Followed,
  examplesOf: (s: Suspicion) => Promise<Example[]>,
): Promise<void> {
  const { pg, clock } = deps;
  const evidence = async (s: Suspicion): Promise<Evidence> => {
    const { observed, expected, low, high, unit, of, certainty, by = [], details } = s;
    return {
      observed,
      expected,
      low,
      high,
      unit,
      certainty: Math.max(certainty, -999),
      by,
      examples: await examplesOf(s),
      ...(of === undefined ? {} : { of }),
      ...(details ? { details } : {}),
    };
  };
  const at = (hour: number) => new Date(msOf(hour));
  const opened = await Promise.all(followed.opened.map(async (s) => ({ s, evidence: await evidence(s) })));
  const continued = await Promise.all(
    followed.continued.map(async ({ before, now }) => ({ id: (before as KnownFinding).id, now, evidence: await evidence(now) })),
  );
  await pg.tx(async (tx) => {
    for (const { s, evidence: e } of opened)
      await tx.query(
        `INSERT INTO health_findings (id, workspace_no, detector, subject, state, handling, severity, first_at, last_at, opened_at, evidence)
         SELECT $1, $2, $3, $4, 'open', CASE WHEN muted THEN 'muted' ELSE 'new' END, $5, $6, $7, $8, $9
         FROM (SELECT EXISTS (SELECT 1 FROM health_mutes WHERE workspace_no = $2 AND detector = $3 AND subject = $4 AND (until IS NULL OR until > $8)) AS muted) m
         ON CONFLICT (workspace_no, detector, subject) WHERE state = 'open' DO UPDATE SET last_at = EXCLUDED.last_at, evidence = EXCLUDED.evidence`,
        [newId('find', clock.ms()), workspaceNo, s.detector, s.subject, s.severity, at(s.from), at(s.to), at(end), e],
      );
    for (const { id, now, evidence: e } of continued)
      await tx.query(
        `UPDATE health_findings SET state = 'open', closed_at = NULL, last_at = greatest(last_at, $3), evidence = $4, told_closed = false,
           reopened_at = CASE WHEN state = 'open' THEN reopened_at ELSE $5 END,
           told_again = CASE WHEN state = 'open' THEN told_again ELSE NOT told_closed END WHERE workspace_no = $1 AND id = $2`,
        [workspaceNo, id, at(now.to), e, at(end)],
      );
    if (followed.closed.length > 0)
      await tx.query("UPDATE health_findings SET state = 'closed', closed_at = $3 WHERE workspace_no = $1 AND id = ANY($2)", [
        workspaceNo,
        followed.closed.map((k) => (k as KnownFinding).id),
        at(end),
      ]);
    await tx.query(
      'INSERT INTO health_checks (workspace_no, through) VALUES ($1, $2) ON CONFLICT (workspace_no) DO UPDATE SET through = EXCLUDED.through',
      [workspaceNo, at(end)],
    );
  });
}
