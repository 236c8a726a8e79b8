import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from './clock.ts';
import { createReceiver } from './crypto.ts';
import { createWechatSimulator, type SimulatorOptions } from './simulator.ts';

/** Stands still unless moved. */
export function stillClock(start = '2026-03-10T02:00:00Z'): Clock & { advance(ms: number): void } {
  let at = new Date(start).getTime();
  return {
    ms: () => at,
    now: () => new Date(at),
    advance(ms) {
      at += ms;
    },
  };
}

export interface Reply {
  errcode: number;
  errmsg: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the platform answers
  [field: string]: any;
}

export async function startSimulator(options: SimulatorOptions = {}) {
  const simulator = createWechatSimulator({ clock: stillClock(), seed: 'test', ...options });
  const url = await simulator.listen();
  const { control, clock } = simulator;
  const corp = control.createCorp({ corpid: 'wwtest0000000001' });
  const { corpid } = corp;
  const app = control.createApp({ corpid, agentid: 1000002, secret: 'secret-one' });
  control.addStaff(corpid, { userid: 'li', name: '李' });
  control.addStaff(corpid, { userid: 'wang', name: '王' });

  async function raw(method: string, path: string, body?: string | FormData): Promise<Reply> {
    const answer = await fetch(`${url}/cgi-bin/${path}`, { method, body });
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
    return (await answer.json()) as Reply;
  }

  const token = async (secret = app.secret): Promise<string> =>
    (await raw('GET', `gettoken?corpid=${corpid}&corpsecret=${encodeURIComponent(secret)}`)).access_token;
  const withToken = async (path: string, secret?: string) => `${path}${path.includes('?') ? '&' : '?'}access_token=${await token(secret)}`;

  return {
    simulator,
    control,
    clock,
    url,
    corpid,
    corp,
    app,
    raw,
    token,
    get: async (path: string) => raw('GET', await withToken(path)),
    post: async (path: string, body: unknown, secret?: string) => raw('POST', await withToken(path, secret), JSON.stringify(body)),
    contact: async (name: string, body: unknown, secret?: string) =>
      raw('POST', await withToken(`externalcontact/${name}`, secret), JSON.stringify(body)),
    /** a new customer who has added a member */
    friend(userid = 'li', name = '小明', more: { state?: string; half?: 'first' | 'only' } = {}) {
      const customer = control.addCustomer(corpid, { name });
      control.addFriend({ corpid, userid, external_userid: customer.external_userid, ...more });
      return customer.external_userid;
    },
    close: () => simulator.close(),
  };
}

export type Started = Awaited<ReturnType<typeof startSimulator>>;

/** The product's callback door, as strict as it should be. `misbehave` may answer in its stead. */
export async function startReceiver(started: Started, misbehave: (attempt: number) => number | undefined = () => undefined) {
  const secrets = { token: 'callback-token', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };
  const receiver = createReceiver({ ...secrets, receiveId: started.corpid, clock: started.clock });
  const events: string[] = [];
  let attempts = 0;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const query = Object.fromEntries(url.searchParams) as { msg_signature: string; timestamp: string; nonce: string; echostr?: string };
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'GET') {
      try {
        return response.end(receiver.open({ ...query, encrypted: query.echostr ?? '' }).message);
      } catch {
        return response.writeHead(403).end();
      }
    }
    attempts += 1;
    const status = misbehave(attempts);
    if (status === 0) return; // never answers
    if (status !== undefined) return response.writeHead(status).end();
    const encrypted = /<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/s.exec(body)?.[1] ?? '';
    events.push(receiver.open({ ...query, encrypted }).message);
    response.end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback?from=wecom`;
  const saved = await started.control.setCallback({ corpid: started.corpid, agentid: started.app.agentid, url, ...secrets });
  return {
    url,
    secrets,
    saved,
    events,
    attempts: () => attempts,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

/** The text of one element, CDATA or not. */
export function xmlField(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[(.*?)\\]\\]>|([^<]*))</${name}>`, 's').exec(xml);
  return found?.[1] ?? found?.[2];
}
