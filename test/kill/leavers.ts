import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, insist } from './insist.ts';

/** Somebody of whom staff find that they are two: what came by the phone is another's. And somebody who asks to be forgotten. */
export interface Leaver {
  no: number;
  /** Split in two. */
  split: boolean;
  /** Which of them was erased. */
  erased: 'none' | 'one' | 'other';
}

/**
 * People of their own beside the shop's: each is made, and then split, erased, or both at once, so that the one comes while the other is not settled.
 * What is asked is asked until it is answered.
 */
export function createLeavers(options: { api: Api; url: string; writeKey: string }) {
  const { api, url } = options;
  const headers = { authorization: `Basic ${Buffer.from(`${options.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' };
  const leavers: Leaver[] = [];
  const wrong: string[] = [];
  let going = true;
  let clock = Date.now();

  const find = async (externalId: string): Promise<string | undefined> =>
    (await api.get(`/api/people?externalId=${encodeURIComponent(externalId)}`)).items[0]?.id;

  const live = async (no: number): Promise<void> => {
    const phone = `+86137${String(no).padStart(8, '0')}`;
    const byPhone = { context: { externalIds: [{ type: 'phone', id: phone }] } };
    const message = (id: string, who: object, more: object) => {
      clock = Math.max(clock + 1, Date.now());
      return { messageId: `l${no}:${id}`, timestamp: new Date(clock).toISOString(), ...who, ...more };
    };
    const seen = { type: 'track', event: 'Shelf Seen' };
    const batch = [
      message('one-0', { userId: `l${no}`, ...byPhone }, { type: 'identify', traits: { name: `l${no}`, phone } }),
      ...[1, 2, 3].map((i) => message(`one-${i}`, { userId: `l${no}` }, seen)),
      ...[1, 2].map((i) => message(`other-${i}`, byPhone, seen)),
    ];
    await insist(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) });
    const leaver: Leaver = { no, split: no % 4 !== 1, erased: (['none', 'one', 'other', 'one'] as const)[no % 4]! };
    const one = await find(`user_id:l${no}`);
    if (!one) return void wrong.push(`l${no} is not found`);
    if (leaver.split) {
      const answer = await api.send('POST', `/api/people/${one}/split`, { identities: [{ type: 'phone', id: phone }] });
      // Refused because it was done by the request before, whose answer was lost.
      if (answer.status !== 200 && answer.status !== 400) wrong.push(`split of l${no}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    const other = leaver.split ? await find(`phone:${phone}`) : one;
    if (leaver.split && (!other || other === one)) wrong.push(`l${no} was not split`);
    if (leaver.erased !== 'none') {
      const answer = await api.send('DELETE', `/api/people/${leaver.erased === 'one' ? one : other}`);
      // Gone already, by the request before.
      if (answer.status !== 202 && answer.status !== 404) wrong.push(`erasure of l${no}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    leavers.push(leaver);
    if (no % 5 === 2) await api.send('POST', '/api/privacy/rotate');
  };
  const run = async (): Promise<void> => {
    for (let no = 0; going; no++) {
      await live(no);
      await sleep(700);
    }
  };
  const running = run();
  running.catch(() => {});
  return {
    all: leavers,
    /** What must not happen and did. */
    wrong,
    busy: async (): Promise<string[]> =>
      (await api.get('/api/erasures?limit=200')).items.some((e: { state: string }) => e.state !== 'done') ? ['an erasure runs'] : [],
    stop: async (): Promise<void> => {
      going = false;
      await running;
    },
  };
}
export type Leavers = ReturnType<typeof createLeavers>;
