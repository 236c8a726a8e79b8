import type { Prepared, SidebarView, Task, Today } from '../../touchpoints/sidebar/index.ts';
import { english, say } from './words.ts';

export type { Prepared, SidebarView, Task, Today };

export interface More {
  heat: { band: string; chance: number } | null;
  orders: { id: string; at: string; fen: number; what: string }[];
}

export interface SidebarCoupon {
  id: string;
  name: string;
  sentence: { zh: string; en: string };
  left: number;
}

export class Refused extends Error {
  readonly status: number;
  constructor(status: number, title: string) {
    super(title);
    this.status = status;
  }
}

/** No answer at all. */
export class Offline extends Error {}

/** What went wrong, for whoever looks at the page. */
export const why = (error: unknown): string =>
  error instanceof Offline
    ? say('offline')
    : error instanceof Error
      ? error.message
      : String((error as { errMsg?: string }).errMsg ?? error);

async function call<T>(path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/api/sidebar/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    credentials: 'same-origin',
    headers: { 'accept-language': english ? 'en' : 'zh-CN', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Offline();
  });
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  const said = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string };
  throw new Refused(answer.status, said.detail ?? said.title ?? `HTTP ${answer.status}`);
}

const of = (id: string) => `customers/${encodeURIComponent(id)}`;

export const server = {
  view: (id: string) => call<SidebarView>(of(id)),
  more: (id: string) => call<More>(`${of(id)}/more`),
  tag: (id: string, key: string, remove: boolean) => call<void>(`${of(id)}/tags`, { key, remove }),
  note: (id: string, text: string) => call<void>(`${of(id)}/notes`, { text }),
  prepare: (id: string, contentId: string) => call<Prepared>(`${of(id)}/messages`, { contentId }),
  coupons: (id: string) => call<{ items: SidebarCoupon[] }>(`${of(id)}/coupons`),
  give: (id: string, couponId: string, key: string) => call<{ name: string; url: string }>(`${of(id)}/coupons`, { couponId, key }),
  today: () => call<Today>('tasks'),
  /** `until` undefined: done. */
  answer: (task: string, until?: string) =>
    call<void>(`tasks/${encodeURIComponent(task)}`, until === undefined ? { act: 'done' } : { act: 'snooze', until }),
  followUp: (id: string, text: string, due: string) => call<{ id: string }>(`${of(id)}/tasks`, { text, due }),
  sent: (id: string, messageId: string, sent: boolean) => call<void>(`${of(id)}/messages/${messageId}`, { sent }),
  /** Asked once, by whoever is first: both of the page's signatures. */
  signature: (): Promise<Signatures> => {
    signatures ??= call<Signatures>(`signature?url=${encodeURIComponent(location.href.split('#')[0]!)}`);
    return signatures;
  },
};

interface Signatures {
  corpId: string;
  agentId: number | null;
  config: Signature;
  agentConfig: Signature;
}
let signatures: Promise<Signatures> | undefined;

export interface Signature {
  timestamp: number;
  nonceStr: string;
  signature: string;
}

/** Where staff sign in; they come back here. */
export function signIn(): void {
  const { searchParams } = new URL(location.href);
  const to = new URLSearchParams({ account: searchParams.get('account') ?? '' });
  const customer = searchParams.get('customer');
  if (customer) to.set('customer', customer);
  location.replace(`/api/sidebar/sign-in?${to}`);
}
