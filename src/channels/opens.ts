import type { Tokens } from '../base/index.ts';
import { messageProperties } from './announce.ts';
import { outboxId } from './ids.ts';
import type { Deps } from './ports.ts';

/** The smallest picture there is: one clear dot. */
export const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Programs that load pictures for their readers, seen or not. */
const proxies = /GoogleImageProxy|YahooMailProxy|Barracuda|Mimecast|Proofpoint/i;

/**
 * The picture of a mail was loaded. It is called opened, as everywhere, and says how it is known: some programs load pictures though nobody looks
 * (`proxied`), and who shuts pictures off is not seen at all. One a minute counts.
 */
export async function noteOpened(deps: Deps, tokens: Tokens, token: string, userAgent: string): Promise<void> {
  const at = tokens.read(token);
  if (!at) return;
  const [row] = await deps.pg.query<Parameters<typeof messageProperties>[0] & { person_no: number }>(
    `SELECT no, person_no, channel, content_id, journey_id, node, branch FROM outbox WHERE workspace_no = $1 AND no = $2 AND channel = 'email'`,
    [at.workspaceNo, at.no],
  );
  if (!row) return;
  const now = deps.clock.now();
  const messageId = `${outboxId(row.no)}:opened:${Math.floor(now.getTime() / 60_000)}`;
  const properties = { ...messageProperties(row), knownBy: 'picture', proxied: proxies.test(userAgent) };
  const event = { messageId, event: 'Message Opened', timestamp: now, personNo: row.person_no, source: 'yutang', properties };
  await deps.events
    .write(at.workspaceNo, [event])
    .catch((error: unknown) => deps.log.error({ err: error, message: outboxId(row.no) }, 'an opening was not kept'));
}
