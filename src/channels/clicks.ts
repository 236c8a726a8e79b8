import type { Tokens } from '../base/index.ts';
import { messageProperties } from './announce.ts';
import { outboxId } from './ids.ts';
import type { Deps } from './ports.ts';

interface Row {
  no: number;
  person_no: number;
  channel: string;
  content_id: string;
  journey_id: string | null;
  node: string | null;
  branch: string | null;
  link_url: string | null;
  clicked_at: Date | null;
}

/**
 * Where a tracked link leads, and the click is an event: one a minute counts, the rest of that minute is the same tap again. Leads only to the link
 * that was stored with the message; undefined when there is none.
 */
export async function follow(deps: Deps, tokens: Tokens, token: string): Promise<string | undefined> {
  const at = tokens.read(token);
  if (!at) return undefined;
  const [row] = await deps.pg.query<Row>(
    `SELECT no, person_no, channel, content_id, journey_id, node, branch, link_url, clicked_at FROM outbox WHERE workspace_no = $1 AND no = $2`,
    [at.workspaceNo, at.no],
  );
  if (!row?.link_url) return undefined;
  const now = deps.clock.now();
  try {
    const messageId = `${outboxId(row.no)}:clicked:${Math.floor(now.getTime() / 60_000)}`;
    // What it was about: a click is interest in that.
    const [content] = await deps.content.some(at.workspaceNo, [row.content_id]);
    const about = content && content.topics.length > 0 ? { tags: content.topics } : {};
    const properties = { ...messageProperties(row), url: row.link_url, first: row.clicked_at === null, ...about };
    const event = { messageId, event: 'Message Clicked', timestamp: now, personNo: row.person_no, source: 'yutang', properties };
    await deps.events.write(at.workspaceNo, [event]);
    if (row.clicked_at === null) {
      await deps.pg.query('UPDATE outbox SET clicked_at = $3 WHERE workspace_no = $1 AND no = $2 AND clicked_at IS NULL', [
        at.workspaceNo,
        at.no,
        now,
      ]);
    }
  } catch (error) {
    // The person wants the page; a click that could not be kept is the lesser loss.
    deps.log.error({ err: error, message: outboxId(row.no) }, 'a click was not kept');
  }
  return withMessage(deps.publicUrl, row.link_url, token);
}

/** Whom a tracked link was sent to; undefined where it was to nobody here. */
export async function messageOf(deps: Deps, tokens: Tokens, token: string) {
  const at = tokens.read(token);
  if (!at) return undefined;
  const [row] = await deps.pg.query<Pick<Row, 'no' | 'person_no' | 'channel' | 'journey_id'>>(
    'SELECT no, person_no, channel, journey_id FROM outbox WHERE workspace_no = $1 AND no = $2',
    [at.workspaceNo, at.no],
  );
  if (!row) return undefined;
  return {
    workspaceNo: at.workspaceNo,
    personNo: row.person_no,
    outboxId: outboxId(row.no),
    channel: row.channel,
    journeyId: row.journey_id,
  };
}

/** A page of our own is told by whose message somebody comes, so that reading and passing on are theirs. */
function withMessage(publicUrl: string, url: string, token: string): string {
  const pages = `${publicUrl.replace(/\/$/, '')}/r/`;
  return url.startsWith(pages) ? `${url}?m=${token}` : url;
}
