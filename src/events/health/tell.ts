import type { Log, Pg } from '../../base/index.ts';
import { type FindingView, findingColumns, shownFinding } from './findings.ts';

export type Happened = 'opened' | 'reopened' | 'closed';
/** What another room may do with news of the data's health: tell it to somebody. True when it got there, or nobody wants to know. */
export type Alarm = (workspaceNo: number, alarm: { id: string; happened: Happened; finding: FindingView }) => Promise<boolean>;

const column = { opened: 'told_open', reopened: 'told_again', closed: 'told_closed' } as const;
const time = { opened: 'openedAt', reopened: 'reopenedAt', closed: 'closedAt' } as const;
/** Of one workspace, at one time: the others shall not wait for an address that does not answer. */
const most = 50;

/**
 * Tells of what opened, opened again and closed, once each; what did not get there is told at the next time, under the same key. Muted and expected findings, and mere
 * news, are not told. Who was not told that it closed is not told that it opened again.
 */
export function createTelling(deps: { pg: Pg; log: Log; alarm: () => Alarm | undefined }): () => Promise<number> {
  const { pg, log } = deps;
  const once = async (): Promise<number> => {
    const alarm = deps.alarm();
    if (!alarm) return 0;
    const rows = await pg.query<FindingView & { workspace_no: number; told_open: boolean; told_again: boolean; place: number }>(
      `SELECT * FROM (SELECT workspace_no, told_open, told_again, ${findingColumns}, row_number() OVER (PARTITION BY workspace_no ORDER BY id) AS place
         FROM health_findings WHERE (NOT told_open OR NOT told_again OR (state = 'closed' AND NOT told_closed))
           AND handling IN ('new', 'acknowledged') AND severity <> 'info') waiting
       WHERE place <= ${most} ORDER BY workspace_no, id`,
    );
    const silent = new Set<number>();
    let told = 0;
    for (const { workspace_no, told_open, told_again, place: _, ...row } of rows) {
      if (silent.has(workspace_no)) continue;
      const finding = shownFinding(row);
      const happened: Happened = !told_open ? 'opened' : !told_again && finding.state === 'open' ? 'reopened' : 'closed';
      // It opened again and closed before anybody heard of it: what they know is true.
      const known = happened === 'closed' && !told_again;
      const id = `${finding.id}:${happened}:${new Date(finding[time[happened]]!).getTime()}`;
      const there =
        known ||
        (await alarm(workspace_no, { id, happened, finding }).catch((error: unknown) => {
          log.warn({ err: error, finding: finding.id }, 'an alarm could not be told');
          return false;
        }));
      if (!there) {
        silent.add(workspace_no);
        continue;
      }
      await pg.query(
        `UPDATE health_findings SET ${column[happened]} = true${happened === 'closed' ? ', told_again = true' : ''} WHERE workspace_no = $1 AND id = $2`,
        [workspace_no, finding.id],
      );
      if (!known) told += 1;
    }
    return told;
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after another: two at once would tell the same. */
  return () => {
    const done = last.then(once);
    last = done.catch(() => {});
    return done;
  };
}
