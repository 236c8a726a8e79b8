import { useEffect, useRef, useState } from 'react';
import type { Picked, PickerMessage } from '../../sdk/index.ts';

export type { Picked } from '../../sdk/index.ts';

/** How long an opened page may speak. */
const lifeMs = 30 * 60_000;

interface Session {
  token: string;
  origin: string;
  window: Window;
  until: number;
}

export type PickerState = 'idle' | 'opened' | 'ready' | 'stopped';

/** The address with the token that pairs the two windows. What follows # never reaches a server. */
export function pickAddress(url: URL, token: string): string {
  const address = new URL(url);
  address.hash = `${url.hash ? `${url.hash}&` : ''}yt-pick=${token}`;
  return address.href;
}

/** Whether a message is from the very window that was opened, at the origin that was asked for, with this session's token, in time. */
export function isTrusted(
  event: Pick<MessageEvent, 'origin' | 'source' | 'data'>,
  session: Session | undefined,
  now: number,
): event is MessageEvent<PickerMessage> {
  const said = event.data as PickerMessage | undefined;
  return Boolean(
    session && now < session.until && event.origin === session.origin && event.source === session.window && said?.token === session.token,
  );
}

const clip = (text: unknown, most: number): string => (typeof text === 'string' ? text.slice(0, most) : '');

/** What a page says is a proposal: only texts of bearable length are taken from it, and nothing is saved before a person here confirms. */
export function asPicked(given: unknown): Picked | undefined {
  const one = given as Partial<Picked> | null;
  if (typeof one !== 'object' || one === null || typeof one.selector !== 'string') return undefined;
  return {
    on: one.on === 'submit' || one.on === 'change' ? one.on : 'click',
    captured: one.captured === true,
    selector: clip(one.selector, 600),
    chain: clip(one.chain, 2_000),
    text: clip(one.text, 255),
    path: clip(one.path, 500),
    matches: Number.isFinite(one.matches) ? Number(one.matches) : 0,
  };
}

/** Opens the customer's page and listens to it, and to nobody else. It gets no key and no session: all it can do is propose an element. */
export function usePicker(onPicked: (picked: Picked) => void) {
  const session = useRef<Session | undefined>(undefined);
  const picked = useRef(onPicked);
  picked.current = onPicked;
  const [state, setState] = useState<PickerState>('idle');
  useEffect(() => {
    const hear = (event: MessageEvent): void => {
      if (!isTrusted(event, session.current, Date.now())) return;
      const { token, origin, window: page } = session.current!;
      if (event.data.yutang === 'ready') {
        page.postMessage({ yutang: 'start', token } satisfies PickerMessage, origin);
        setState('ready');
      } else if (event.data.yutang === 'stop') setState('stopped');
      else if (event.data.yutang === 'picked') {
        const one = asPicked(event.data.element);
        if (one) picked.current(one);
      }
    };
    window.addEventListener('message', hear);
    return () => window.removeEventListener('message', hear);
  }, []);
  const open = (url: URL): boolean => {
    const token = crypto.getRandomValues(new Uint8Array(18)).reduce((text, byte) => text + byte.toString(36).padStart(2, '0'), '');
    const page = window.open(pickAddress(url, token), '_blank');
    if (!page) return false;
    session.current = { token, origin: url.origin, window: page, until: Date.now() + lifeMs };
    setState('opened');
    return true;
  };
  return { state, open };
}
