import { type Clock, notFound, type Pg, problem } from '../base/index.ts';
import { type Content, personScope, refuseObstacle } from '../content/index.ts';
import { type Addressing, trackedLink } from './claim.ts';
import { outboxId, outboxNo } from './ids.ts';
import { readPolicy } from './policy.ts';
import type { PeoplePort } from './ports.ts';
import { kindOf } from './purposes.ts';
import { covers, lastWord } from './standing.ts';

export interface ByHandDeps {
  pg: Pg;
  clock: Clock;
  content: Pick<Content, 'ready'>;
  people: Pick<PeoplePort, 'traits'>;
  publicUrl: string;
}

/** Messages that staff send themselves, in their own chat. */
export const BY_HAND = 'sidebar';

/**
 * Writes down what a staff member is about to send, with a link of its own, so that it counts and its click is known. They decide when to write and
 * how often; only who has said that they want none of it is not written to.
 */
export async function prepareByHand(
  deps: ByHandDeps,
  { tokens, preferences }: Addressing,
  workspaceNo: number,
  ask: { personNo: number; contentId: string; address: string },
): Promise<{ messageId: string; text: string; link: { url: string; title: string } | null }> {
  const { pg, clock, publicUrl } = deps;
  const content = (await deps.content.ready(workspaceNo, [ask.contentId], 'wecom')).get(ask.contentId);
  if (!content) throw notFound('Content');
  refuseObstacle(content.obstacle);
  const { link, purpose } = content.item;
  const always = kindOf((await readPolicy(pg, workspaceNo)).purposes, purpose ?? '') === 'transactional';
  const [said] = await pg.query<{ word: boolean | null }>(
    `SELECT ${lastWord} AS word FROM consents c
     WHERE c.workspace_no = $1 AND c.person_no = $2 AND ${covers({ purpose: '$3', channel: "'wecom'", always: '$4::bool' })}`,
    [workspaceNo, ask.personNo, purpose ?? '', always],
  );
  if (said?.word === false)
    throw problem(409, 'The customer wants no such messages', {
      code: 'no_consent',
      detail: 'They said so themselves; answer what they ask instead.',
    });
  const traits = (await deps.people.traits(workspaceNo, [ask.personNo])).get(ask.personNo) ?? {};
  return pg.tx(async (tx) => {
    const [row] = await tx.query<{ no: number }>(
      `INSERT INTO outbox (workspace_no, person_no, channel, content_id, idempotency_key, state, queued_at, decided_at, address, link_url, link_title, purpose)
       VALUES ($1, $2, $3, $4, 'by hand ' || gen_random_uuid(), 'submitted', $5, $5, $6, $7, $8, $9) RETURNING no`,
      [workspaceNo, ask.personNo, BY_HAND, ask.contentId, clock.now(), ask.address, link?.url ?? null, link?.title ?? null, purpose],
    );
    const { no } = row!;
    const url = link ? trackedLink(publicUrl, tokens, workspaceNo, no) : '';
    let text: string;
    try {
      const unsubscribe = preferences.link({ workspaceNo, personNo: ask.personNo, message: no, channel: 'wecom', purpose: purpose ?? '' });
      text = content.template.render({ person: personScope(traits), link: url, unsubscribe });
    } catch {
      throw problem(409, 'The words cannot be made for this customer', {
        detail: 'Look at the content: something it fills in is missing.',
      });
    }
    // Whoever sends it would read what is masked before them everywhere else.
    if (text.includes('pii~'))
      throw problem(409, 'The words hold personal values', {
        detail: 'Phone, e-mail and the like are not filled in here. Choose other content.',
      });
    await tx.query('UPDATE outbox SET text = $3 WHERE workspace_no = $1 AND no = $2', [workspaceNo, no, text]);
    await tx.query("INSERT INTO outbox_untold (workspace_no, what, nos) VALUES ($1, 'queued', $2)", [workspaceNo, [no]]);
    return { messageId: outboxId(no), text, link: link ? { url, title: link.title } : null };
  });
}

/** Notes whether it went. Said twice it changes nothing. */
export async function endByHand(deps: ByHandDeps, workspaceNo: number, messageId: string, personNo: number, went: boolean): Promise<void> {
  await deps.pg.tx(async (tx) => {
    const [row] = await tx.query<{ no: number }>(
      `UPDATE outbox SET state = $4, reason = $5, ended_at = $6 WHERE workspace_no = $1 AND no = $2 AND person_no = $3 AND channel = '${BY_HAND}' AND state = 'submitted'
       RETURNING no`,
      [workspaceNo, outboxNo(messageId), personNo, went ? 'sent' : 'failed', went ? null : 'not_sent', deps.clock.now()],
    );
    if (row) await tx.query("INSERT INTO outbox_untold (workspace_no, what, nos) VALUES ($1, 'ended', $2)", [workspaceNo, [row.no]]);
  });
}
