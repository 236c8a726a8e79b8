import type { Pg, Tokens } from '../base/index.ts';
import { personScope, type ReadyContent } from '../content/index.ts';
import type { ChannelAccount, MessageExtra, OutboundMessage } from './adapter.ts';
import { extraOf, hasExtra } from './extra.ts';
import { outboxId } from './ids.ts';
import { judge } from './judge.ts';
import type { Limits } from './limits/limits.ts';
import { allowance } from './limits/period.ts';
import type { Policy } from './policy.ts';
import type { Deps } from './ports.ts';
import type { PreferenceLinks } from './preferences/index.ts';
import { kindOf, type PurposeKind } from './purposes.ts';
import { quietOn, quietUntil, zoneOf } from './quiet.ts';
import { agreedBy } from './standing.ts';
import type { AddressCap, Candidate, Kind } from './verdicts.ts';
import { zonesOf } from './zones.ts';

interface Row {
  no: number;
  person_no: number;
  content_id: string;
  journey_id: string | null;
  node: string | null;
  pass_no: number | null;
  idempotency_key: string;
  text: string | null;
  link_url: string | null;
  link_title: string | null;
  extra: MessageExtra | null;
  /** As whoever queued it said; else the content says it. */
  purpose: string | null;
  priority: number;
  due_at: Date;
  put_off_from: Date | null;
}

/** Which rules of the platform count what one address has had on a channel. */
const countedBy: Record<string, readonly string[]> = { wecom: ['wecom.mass.perCustomer'], sms: ['sms.perNumber.perDay'] };

export const capsOf = (limits: Limits, channel: string, now: Date): AddressCap[] =>
  (countedBy[channel] ?? []).map((key) => {
    const { most, from } = allowance(limits.get(key), now.getTime());
    return { key, messages: most, since: from };
  });

/** What makes the addresses that stand in messages. */
export interface Addressing {
  tokens: Tokens;
  preferences: PreferenceLinks;
}

export interface Claim {
  /** How many were due and are decided now. */
  decided: number;
  messages: OutboundMessage[];
}

/** Which identity a channel needs to reach a person; a webhook needs none. */
export const identityOf: Record<string, string> = {
  wecom: 'wecom_external_userid',
  official_account: 'wechat_openid',
  mini_program: 'wechat_openid',
  email: 'email',
  sms: 'phone',
};

/** An openid counts only in its own account, and a person has one in each. */
export function ownIdentities(channel: string, account: ChannelAccount | undefined): string | undefined {
  if (channel !== 'official_account' && channel !== 'mini_program') return undefined;
  return `${String(account?.config.appId ?? '')}:`;
}

/** Where each of these is reached on a channel; undefined: it needs no address. */
export async function addressesOn(
  deps: Pick<Deps, 'adapters' | 'people'>,
  workspaceNo: number,
  channel: string,
  account: ChannelAccount | undefined,
  people: readonly number[],
): Promise<Map<number, string> | undefined> {
  const adapter = deps.adapters.find((one) => one.kind === channel);
  if (adapter?.reaches) return new Map([...(await adapter.reaches(workspaceNo, people))].map((no) => [no, '']));
  const identity = identityOf[channel];
  return identity === undefined ? undefined : deps.people.addresses(workspaceNo, identity, people, ownIdentities(channel, account));
}

/**
 * Takes the messages that are due on one channel, decides about each and marks those that go as in hand: one transaction, committed before
 * anything leaves. One claim at a time in a workspace, because a cap counts what every claim before it has let through; what a journey takes back
 * or holds meanwhile is passed over by `judge`.
 */
export async function claimDue(
  deps: Deps,
  addressing: Addressing,
  at: {
    workspaceNo: number;
    channel: string;
    timezone: string;
    account: ChannelAccount | undefined;
    policy: Policy;
    limits: Limits;
    claim: string;
    limit: number;
    patienceMs: number;
  },
): Promise<Claim> {
  const now = deps.clock.now();
  return deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7121, $1)', [at.workspaceNo]);
    // Who waits is taken out of the line here; what is in it no more comes back to it only by how it ends.
    const taken = await tx.query<Row & { state: string; held: boolean }>(
      `WITH due AS (
         DELETE FROM outbox_waiting w USING (
           SELECT workspace_no, channel, what, due_at, no FROM outbox_waiting
           WHERE workspace_no = $1 AND channel = $2 AND what = 'queued' AND due_at <= $3 ORDER BY due_at, no LIMIT $4) d
         WHERE (w.workspace_no, w.channel, w.what, w.due_at, w.no) = (d.workspace_no, d.channel, d.what, d.due_at, d.no) RETURNING w.workspace_no AS ws, w.no)
       SELECT o.no, o.person_no, o.state, o.content_id, o.journey_id, o.node, o.pass_no, o.idempotency_key, o.text, o.link_url, o.link_title, o.extra,
         o.purpose, o.priority, coalesce(o.due_at, o.queued_at) AS due_at, o.put_off_from, h.journey_id IS NOT NULL AS held
       FROM (SELECT ws, no FROM due OFFSET 0) due JOIN outbox o ON o.workspace_no = due.ws AND o.no = due.no
       LEFT JOIN outbox_holds h ON h.workspace_no = due.ws AND h.journey_id = o.journey_id ORDER BY o.no`,
      [at.workspaceNo, at.channel, now, at.limit],
    );
    const queued = taken.filter((row) => row.state === 'queued');
    const kept =
      queued.length === 0
        ? new Map<number, Record<string, unknown>>()
        : await deps.people.traits(at.workspaceNo, [...new Set(queued.map((r) => r.person_no))]);
    const hours = quietOn(at.policy, at.channel);
    const zones = hours ? await zonesOf(tx, at.workspaceNo, [...kept.keys()]) : new Map<number, string>();
    const later: { no: number; at: Date | null }[] = [];
    const rows = queued.filter((row) => {
      // Held in the moment before: nothing of it leaves.
      const until = row.held
        ? null
        : quietUntil(now.getTime(), hours, zoneOf(kept.get(row.person_no), zones.get(row.person_no) ?? at.timezone));
      if (until !== undefined) later.push({ no: row.no, at: until === null ? null : new Date(until) });
      return until === undefined;
    });
    if (later.length > 0) await putBack(tx, at, later);
    if (rows.length === 0) return { decided: taken.length, messages: [] };
    const { candidates, kinds, extras } = await prepare(deps, addressing, at, rows, kept);
    const patienceUntil = new Date(now.getTime() + at.patienceMs);
    const going = await judge(
      tx,
      {
        ...{ workspaceNo: at.workspaceNo, channel: at.channel, now, policy: at.policy, caps: capsOf(at.limits, at.channel, now) },
        ...{ accountId: at.account?.id ?? null, claim: at.claim, patienceUntil },
      },
      kinds,
      candidates,
    );
    await keepExtras(tx, at.workspaceNo, going, extras);
    const messages = candidates.flatMap((c, i) => {
      if (!going.has(c.no)) return [];
      const { linkUrl, linkTitle, purpose } = kinds[c.kind]!;
      return [
        toOutbound(deps, addressing, at.workspaceNo, at.channel, {
          ...rows[i]!,
          address: c.address,
          text: c.text,
          link_url: linkUrl,
          link_title: linkTitle,
          purpose,
          extra: extras.get(c.no) ?? rows[i]!.extra,
        }),
      ];
    });
    return { decided: taken.length, messages };
  });
}

/** In line again, for when they may go: that is when they are due from now on. No time: until what holds them is gone. */
async function putBack(
  tx: Pg,
  at: { workspaceNo: number; channel: string },
  messages: readonly { no: number; at: Date | null }[],
): Promise<void> {
  await tx.query(
    `WITH later AS (SELECT * FROM unnest($3::bigint[], $4::timestamptz[]) AS t (no, at)),
     put_off AS (
       UPDATE outbox o SET put_off_from = coalesce(o.put_off_from, o.due_at, o.queued_at), due_at = t.at FROM later t
       WHERE o.workspace_no = $1 AND o.no = t.no AND t.at IS NOT NULL)
     INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no) SELECT $1, $2, 'queued', coalesce(at, 'infinity'), no FROM later`,
    [at.workspaceNo, at.channel, messages.map((m) => m.no), messages.map((m) => m.at)],
  );
}

/** Addresses, wishes and texts of the whole batch, each asked for once. */
async function prepare(
  deps: Deps,
  addressing: Addressing,
  at: { workspaceNo: number; channel: string; account: ChannelAccount | undefined; policy: Policy },
  rows: readonly Row[],
  kept: Map<number, Record<string, unknown>>,
): Promise<{ candidates: Candidate[]; kinds: Kind[]; extras: Map<number, MessageExtra> }> {
  const people = [...new Set(rows.map((r) => r.person_no))];
  const [contents, addresses] = await Promise.all([
    deps.content.ready(
      at.workspaceNo,
      rows.map((r) => r.content_id),
      at.channel,
    ),
    addressesOn(deps, at.workspaceNo, at.channel, at.account, people),
  ]);
  const { traits, hide } = (await deps.people.inTexts?.(at.workspaceNo, kept)) ?? {
    traits: kept,
    hide: (_no: number, text: string) => text,
  };
  const asking = rows.filter((r) => r.pass_no !== null && contents.get(r.content_id)?.template.asksCarried).map((r) => r.pass_no!);
  const carried = asking.length > 0 ? await deps.carried?.(at.workspaceNo, asking) : undefined;
  const kinds: Kind[] = [];
  const known = new Map<string, number>();
  const placeOf = (kind: Kind): number => {
    const key = JSON.stringify(kind);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, kinds.length);
    return kinds.push(kind) - 1;
  };
  const extras = new Map<number, MessageExtra>();
  // Messages of one step come one after the other.
  let last: { row: Row; reach: PurposeKind; kind: number } | undefined;
  const candidates = rows.map((row): Candidate => {
    const personal = traits.get(row.person_no) ?? {};
    const content = contents.get(row.content_id);
    const address = addresses === undefined ? '' : (addresses.get(row.person_no) ?? null);
    const fresh = row.text === null;
    if (!last || !fresh || last.row.text !== null || !sameStep(last.row, row)) {
      // A message that was in hand once goes out again word for word.
      const link = fresh ? content?.item.link : row.link_url === null ? null : { url: row.link_url, title: row.link_title };
      const { journey_id: journeyId, node, priority } = row;
      const purpose = row.purpose ?? content?.item.purpose ?? '';
      const reach = kindOf(at.policy.purposes, purpose);
      const kind = { journeyId, node, purpose, reach, priority, linkUrl: link?.url ?? null, linkTitle: link?.title ?? null };
      last = { row, reach, kind: placeOf(kind) };
    }
    const hidden = (text: string): string => hide(row.person_no, text);
    const made = fresh && content ? write(deps, addressing, at, row, content, personal, carried?.get(row.pass_no ?? 0), hidden) : null;
    if (made?.extra) extras.set(row.no, made.extra);
    const text = fresh ? (made?.text ?? null) : row.text;
    const obstacle =
      at.account === undefined
        ? 'no_channel'
        : address === null
          ? 'no_address'
          : fresh && !content
            ? 'no_content'
            : fresh && content?.obstacle
              ? content.obstacle
              : text === null
                ? 'text_failed'
                : null;
    return {
      ...{ no: row.no, personNo: row.person_no, kind: last.kind },
      // After a pause or a fault all that waited begins to compete anew; what has been put off once has its time.
      dueAt: row.put_off_from === null ? deps.clock.now() : row.due_at,
      ...{ agreed: agreedBy(personal, last.reach), address, text, obstacle },
    };
  });
  return { candidates, kinds, extras };
}

/** Kept with the message, so that it goes again word for word. */
async function keepExtras(
  tx: Pg,
  workspaceNo: number,
  going: ReadonlySet<number>,
  extras: ReadonlyMap<number, MessageExtra>,
): Promise<void> {
  const kept = [...extras].filter(([no]) => going.has(no));
  if (kept.length === 0) return;
  await tx.query(
    'UPDATE outbox o SET extra = e.extra FROM unnest($2::bigint[], $3::jsonb[]) AS e (no, extra) WHERE o.workspace_no = $1 AND o.no = e.no',
    [workspaceNo, kept.map(([no]) => no), kept.map(([, extra]) => JSON.stringify(extra))],
  );
}

const sameStep = (a: Row, b: Row): boolean =>
  a.content_id === b.content_id &&
  a.node === b.node &&
  a.journey_id === b.journey_id &&
  a.purpose === b.purpose &&
  a.priority === b.priority;

/** The words for one person; null when they cannot be made or are empty. */
function write(
  deps: Deps,
  { tokens, preferences }: Addressing,
  at: { workspaceNo: number; channel: string; policy: Policy },
  row: Row,
  content: ReadyContent,
  traits: Record<string, unknown>,
  carried: Record<string, unknown> | undefined,
  hide: (text: string) => string,
): { text: string; extra?: MessageExtra } | null {
  const { item, template } = content;
  const link = item.link ? trackedLink(deps.publicUrl, tokens, at.workspaceNo, row.no) : '';
  const address = {
    workspaceNo: at.workspaceNo,
    personNo: row.person_no,
    message: row.no,
    channel: at.channel,
    purpose: row.purpose ?? item.purpose ?? '',
  };
  const unsubscribe = template.holdsUnsubscribe ? preferences.link(address) : '';
  try {
    const scope = { person: personScope(traits), link, unsubscribe, carried };
    const text = template.render(scope);
    if (text.trim() === '') return null;
    if (!hasExtra(at.channel, content)) return { text: hide(text) };
    const marketing = kindOf(at.policy.purposes, address.purpose) === 'marketing';
    return { text: hide(text), extra: extraOf(content, scope, hide, marketing) };
  } catch {
    // The reason is kept on the message; the template's own words could hold personal data.
    return null;
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
  purpose: string | null;
  extra: MessageExtra | null;
}

/** A decided message as adapters see it. */
export function toOutbound(
  deps: Deps,
  { tokens, preferences }: Addressing,
  workspaceNo: number,
  channel: string,
  row: InHand,
): OutboundMessage {
  return {
    outboxId: outboxId(row.no),
    workspaceNo,
    personNo: row.person_no,
    address: row.address ?? '',
    text: row.text ?? '',
    ...(row.link_url === null
      ? {}
      : { link: { url: trackedLink(deps.publicUrl, tokens, workspaceNo, row.no), title: row.link_title ?? '' } }),
    unsubscribe: preferences.link({ workspaceNo, personNo: row.person_no, message: row.no, channel, purpose: row.purpose ?? '' }),
    idempotencyKey: row.idempotency_key,
    ...(row.extra ? { extra: row.extra } : {}),
  };
}
