import { personScope, type ReadyContent } from '../content/index.ts';
import type { ChannelAccount, OutboundMessage } from './adapter.ts';
import { outboxId, type Tokens } from './ids.ts';
import { type Candidate, judge } from './judge.ts';
import type { Policy } from './policy.ts';
import type { Deps } from './ports.ts';

interface Row {
  no: number;
  person_no: number;
  content_id: string;
  journey_id: string | null;
  node: string | null;
  idempotency_key: string;
  text: string | null;
  link_url: string | null;
  link_title: string | null;
}

export interface Claim {
  /** How many were due and are decided now. */
  decided: number;
  messages: OutboundMessage[];
}

/** Which identity a channel needs to reach a person; a webhook needs none. */
const identityOf: Record<string, string> = { wecom: 'wecom_external_userid' };

/**
 * Takes the messages that are due on one channel, decides about each and marks those that go as in hand: one transaction, committed before
 * anything leaves. One claim at a time in a workspace, because a cap counts what every claim before it has let through; what a journey takes back
 * or holds meanwhile is passed over by `judge`.
 */
export async function claimDue(
  deps: Deps,
  tokens: Tokens,
  at: {
    workspaceNo: number;
    channel: string;
    account: ChannelAccount | undefined;
    policy: Policy;
    claim: string;
    limit: number;
    patienceMs: number;
  },
): Promise<Claim> {
  const now = deps.clock.now();
  return deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7121, $1)', [at.workspaceNo]);
    const rows = await tx.query<Row>(
      `SELECT no, person_no, content_id, journey_id, node, idempotency_key, text, link_url, link_title FROM outbox
       WHERE workspace_no = $1 AND channel = $2 AND state = 'queued' AND due_at <= $3 ORDER BY due_at, no LIMIT $4`,
      [at.workspaceNo, at.channel, now, at.limit],
    );
    if (rows.length === 0) return { decided: 0, messages: [] };
    const candidates = await prepare(deps, tokens, at, rows);
    const patienceUntil = new Date(now.getTime() + at.patienceMs);
    const verdicts = await judge(
      tx,
      { workspaceNo: at.workspaceNo, channel: at.channel, now, claim: at.claim, patienceUntil },
      at.policy,
      candidates,
    );
    const going = new Set(verdicts.filter((v) => v.state === 'submitting').map((v) => v.no));
    const messages = candidates.flatMap((c, i) => {
      const row = { ...rows[i]!, address: c.address, text: c.text, link_url: c.linkUrl, link_title: c.linkTitle };
      return going.has(c.no) ? [toOutbound(deps, tokens, at.workspaceNo, row)] : [];
    });
    return { decided: rows.length, messages };
  });
}

/** Addresses, wishes and texts of the whole batch, each asked for once. */
async function prepare(
  deps: Deps,
  tokens: Tokens,
  at: { workspaceNo: number; channel: string; account: ChannelAccount | undefined },
  rows: readonly Row[],
): Promise<Candidate[]> {
  const people = [...new Set(rows.map((r) => r.person_no))];
  const identity = identityOf[at.channel];
  const [contents, traits, addresses] = await Promise.all([
    deps.content.ready(
      at.workspaceNo,
      rows.map((r) => r.content_id),
    ),
    deps.people.traits(at.workspaceNo, people),
    identity === undefined ? undefined : deps.people.addresses(at.workspaceNo, identity, people),
  ]);
  return rows.map((row): Candidate => {
    const known = traits.get(row.person_no) ?? {};
    const content = contents.get(row.content_id);
    const address = addresses === undefined ? '' : (addresses.get(row.person_no) ?? null);
    const base = {
      no: row.no,
      personNo: row.person_no,
      journeyId: row.journey_id,
      node: row.node,
      purpose: content?.item.purpose ?? '',
      agreed: agreedBy(known),
      accountId: at.account?.id ?? null,
    };
    const written = row.text === null ? write(deps, tokens, at.workspaceNo, row, content, known) : asBefore(row);
    const obstacle =
      at.account === undefined
        ? 'no_channel'
        : address === null
          ? 'no_address'
          : row.text === null && !content
            ? 'no_content'
            : written.obstacle;
    return { ...base, address, ...written, obstacle };
  });
}

/** What a person's traits say about being written to. */
function agreedBy(traits: Record<string, unknown>): boolean | null {
  if (traits.unsubscribed === true || traits.consent_marketing === false) return false;
  return traits.consent_marketing === true ? true : null;
}

type Written = Pick<Candidate, 'text' | 'linkUrl' | 'linkTitle' | 'obstacle'>;

/** A message that was in hand once goes out again word for word. */
const asBefore = (row: Row): Written => ({ text: row.text, linkUrl: row.link_url, linkTitle: row.link_title, obstacle: null });

function write(
  deps: Deps,
  tokens: Tokens,
  workspaceNo: number,
  row: Row,
  content: ReadyContent | undefined,
  traits: Record<string, unknown>,
): Written {
  const empty: Written = { text: null, linkUrl: null, linkTitle: null, obstacle: 'text_failed' };
  if (!content) return empty;
  const { link } = content.item;
  const tracked = link ? trackedLink(deps.publicUrl, tokens, workspaceNo, row.no) : '';
  try {
    const text = content.template.render({ person: personScope(traits), link: tracked });
    if (text.trim() === '') return empty;
    return { text, linkUrl: link?.url ?? null, linkTitle: link ? link.title : null, obstacle: null };
  } catch {
    // The reason is kept on the message; the template's own words could hold personal data.
    return empty;
  }
}

export const trackedLink = (publicUrl: string, tokens: Tokens, workspaceNo: number, no: number): string =>
  `${publicUrl.replace(/\/$/, '')}/t/${tokens.token(workspaceNo, no)}`;

export interface InHand {
  no: number;
  person_no: number;
  idempotency_key: string;
  address: string | null;
  text: string | null;
  link_url: string | null;
  link_title: string | null;
}

/** A decided message as adapters see it. */
export function toOutbound(deps: Deps, tokens: Tokens, workspaceNo: number, row: InHand): OutboundMessage {
  return {
    outboxId: outboxId(row.no),
    workspaceNo,
    personNo: row.person_no,
    address: row.address ?? '',
    text: row.text ?? '',
    ...(row.link_url === null
      ? {}
      : { link: { url: trackedLink(deps.publicUrl, tokens, workspaceNo, row.no), title: row.link_title ?? '' } }),
    idempotencyKey: row.idempotency_key,
  };
}
