import type { Pg } from '../base/index.ts';
import { type Candidate, type Judging, type Kind, type Param, verdictsSql } from './verdicts.ts';

const writing = (): { params: unknown[]; param: Param } => {
  const params: unknown[] = [];
  return { params, param: (value, type) => `$${params.push(value)}::${type}` };
};

/**
 * Decides and writes it down: who goes is marked `submitting`, and as in this batch's hand, before anything leaves; what waits for something of higher
 * priority is in line again. Returns who goes.
 */
export async function judge(
  pg: Pg,
  at: Judging & { accountId: string | null; claim: string; patienceUntil: Date },
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<Set<number>> {
  const { params, param } = writing();
  const verdicts = verdictsSql(at, kinds, candidates, param);
  const [workspace, channel, now] = [param(at.workspaceNo, 'int'), param(at.channel, 'text'), param(at.now, 'timestamptz')];
  const rows = await pg.query<{ no: number }>(
    `WITH ${verdicts},
     decided AS (
       UPDATE outbox o SET
         state = CASE WHEN j.verdict IS NULL THEN 'submitting' WHEN j.verdict = 'text_failed' THEN 'failed' ELSE 'skipped' END,
         reason = j.verdict, decided_at = ${now}, account_id = ${param(at.accountId, 'text')}, address = j.address, text = j.text, link_url = j.link_url, link_title = j.link_title,
         purpose = j.purpose, attempts = o.attempts + CASE WHEN j.verdict IS NULL THEN 1 ELSE 0 END,
         ended_at = CASE WHEN j.verdict IS NULL THEN NULL ELSE ${now} END
       -- Taken back by a journey in this moment? Then its state says so.
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND o.state = 'queued' AND j.until IS NULL
       RETURNING o.no, o.state),
     put_off AS (
       UPDATE outbox o SET put_off_from = coalesce(o.put_off_from, o.due_at, o.queued_at), due_at = j.due_at
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND j.until IS NOT NULL),
     waiting AS (
       INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no) SELECT ${workspace}, ${channel}, 'queued', until, no FROM judged WHERE until IS NOT NULL),
     held AS (
       INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos)
       SELECT ${workspace}, ${param(at.claim, 'text')}, ${channel}, ${param(at.patienceUntil, 'timestamptz')}, array_agg(no ORDER BY no) FROM decided WHERE state = 'submitting' HAVING count(*) > 0),
     untold AS (
       INSERT INTO outbox_untold (workspace_no, what, nos) SELECT ${workspace}, 'ended', array_agg(no) FROM decided WHERE state <> 'submitting' HAVING count(*) > 0)
     SELECT no FROM decided WHERE state = 'submitting'`,
    params,
  );
  return new Set(rows.map((r) => r.no));
}

/** What would be decided if all this were to go now, message by message; nothing is written. */
export async function foretell(
  pg: Pg,
  at: Judging,
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<{ no: number; personNo: number; verdict: string | null }[]> {
  const { params, param } = writing();
  return pg.query(`WITH ${verdictsSql(at, kinds, candidates, param)} SELECT no, person_no AS "personNo", verdict FROM judged`, params);
}
