import type { Context } from '../context.ts';
import { ControlError, must, mustCorp } from '../context.ts';
import { messageLinks } from '../inbox.ts';
import type { Customer, InboxMessage } from '../state.ts';

export interface ClickResult {
  url: string;
  /** the last answer's HTTP status, 0 when nothing answered */
  status: number;
  hops: string[];
  /** a redirect to a host that simulated customers do not visit */
  stoppedAt?: string;
}

const MAX_HOPS = 5;
const USER_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN';

export function createInboxActions(ctx: Context) {
  const { world, clock, allowedHosts, log } = ctx;

  const allowed = (url: URL) =>
    (url.protocol === 'http:' || url.protocol === 'https:') && allowedHosts.has(url.hostname.replace(/^\[|\]$/g, ''));

  function mustCustomer(corpid: string, externalUserid: string): Customer {
    return must(mustCorp(world, corpid).customers.get(externalUserid), 'external_userid', 'no such customer');
  }

  function mustMessage(customer: Customer, id: string): InboxMessage {
    const found = must(
      customer.inbox.find((m) => m.id === id),
      'message',
      'no such message in this inbox',
    );
    found.readAt ??= clock.ms();
    return found;
  }

  async function open(start: string): Promise<ClickResult> {
    const hops: string[] = [];
    let url = new URL(start);
    let status = 0;
    while (hops.length < MAX_HOPS) {
      if (!allowed(url)) return { url: start, status, hops, stoppedAt: url.href };
      hops.push(url.href);
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { 'user-agent': USER_AGENT },
        signal: AbortSignal.timeout(5000),
      });
      await answer.body?.cancel();
      status = answer.status;
      const location = status >= 300 && status < 400 ? answer.headers.get('location') : null;
      if (!location) break;
      url = new URL(location, url);
    }
    return { url: start, status, hops };
  }

  return {
    inbox: (corpid: string, externalUserid: string): InboxMessage[] => mustCustomer(corpid, externalUserid).inbox,

    read(corpid: string, externalUserid: string, messageId: string): InboxMessage {
      return mustMessage(mustCustomer(corpid, externalUserid), messageId);
    },

    /** The customer taps a link of a message: the address is really opened, so that the product's own tracking sees it. */
    async click(input: { corpid: string; external_userid: string; message: string; url?: string }): Promise<ClickResult> {
      const message = mustMessage(mustCustomer(input.corpid, input.external_userid), input.message);
      const links = messageLinks(message);
      const url = must(input.url ?? links[0], 'url', 'this message has no link');
      if (!links.includes(url)) throw new ControlError('url', 'this message has no such link');
      let result: ClickResult;
      try {
        result = await open(url);
      } catch (error) {
        log.warn({ error: (error as Error).name }, 'link did not open');
        result = { url, status: 0, hops: [] };
      }
      message.clicks.push({ url, at: clock.ms(), status: result.status });
      return result;
    },
  };
}
