import { badInput, type Clock, notFound, type Pg, problem } from '../base/index.ts';
import { type ItemRow, itemColumns } from './rows.ts';
import type { ReviewState } from './schema.ts';

export const reviewActs = ['submit', 'withdraw', 'approve', 'reject'] as const;
export type ReviewAct = (typeof reviewActs)[number];

/** From where each act leads where. */
const ways: Record<ReviewAct, { from: readonly ReviewState[]; to: ReviewState }> = {
  submit: { from: ['draft', 'rejected'], to: 'in_review' },
  withdraw: { from: ['in_review'], to: 'draft' },
  approve: { from: ['draft', 'in_review', 'rejected'], to: 'approved' },
  reject: { from: ['in_review', 'approved'], to: 'rejected' },
};

/**
 * One step of a review. It is about the version that was looked at: another one that was saved meanwhile has to be looked at first. Rejecting takes
 * an approval back, so that where only approved content is sent nothing of it goes out any more.
 */
export async function review(
  deps: { pg: Pg; clock: Clock },
  workspaceNo: number,
  id: string,
  ask: { act: ReviewAct; version: number; note?: string | undefined },
  by: string,
): Promise<ItemRow> {
  const { from, to } = ways[ask.act];
  const note = ask.note?.trim() || null;
  if (ask.act === 'reject' && !note) throw badInput([{ field: 'note', reason: 'must not be empty: say what has to change' }]);
  const [row] = await deps.pg.query<ItemRow>(
    `UPDATE content_items SET review = $4, review_note = $5, reviewed_by = $6, reviewed_at = $7,
       approved_version = CASE $4 WHEN 'approved' THEN version WHEN 'rejected' THEN NULL ELSE approved_version END
     WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL AND version = $3 AND review = ANY($8) RETURNING ${itemColumns}`,
    [workspaceNo, id, ask.version, to, note, by, deps.clock.now(), [...from]],
  );
  if (row) return row;
  const [there] = await deps.pg.query<{ version: number; review: ReviewState }>(
    'SELECT version, review FROM content_items WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL',
    [workspaceNo, id],
  );
  if (!there) throw notFound('Content');
  if (there.version !== ask.version)
    throw problem(409, 'Somebody else has changed this meanwhile', {
      code: 'content_changed',
      detail: `It is at version ${there.version}. Look at it before you decide.`,
    });
  throw problem(409, 'This step does not follow from where the review is', {
    code: 'review_state',
    detail: `The content is ${there.review}.`,
  });
}
