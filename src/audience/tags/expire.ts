import { createHash } from 'node:crypto';
import { type Ch, sqlString } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { Store } from '../definitions/store.ts';
import type { Give } from './give.ts';

const day = 86_400_000;
/** Tags may be given with times of the past, so the next known instant is not waited for alone. */
const lookAgainMs = 600_000;

interface Held {
  p: number;
  /** The value as JSON; empty for none. */
  v: string;
  at: number;
}

/** Tags that were given fall off when their time is over; an event says so, and when. */
export function createExpire(deps: { ch: Ch; events: Pick<Events, 'source'>; store: Store; give: Give }) {
  const { ch, events, store, give } = deps;
  const next = new Map<number, number>();

  /** Who was given the tag (each value of it) last before the instant and has it still. */
  const held = async (ws: number, key: string, many: boolean, now: number): Promise<Held[]> => {
    const mine = `event IN ('Tag Added', 'Tag Removed') AND properties.key.:String = ${sqlString(key)} AND ifNull(properties.by.:String, '') != 'rule'
      AND time <= fromUnixTimestamp64Milli(toInt64(${now}), 'UTC')`;
    const rows = await ch.query<Held & { has: number }>(
      `SELECT person_no AS p, ${many ? 'v' : "'' AS v"}, argMax(event, (time, key)) = 'Tag Added' AS has, toUnixTimestamp64Milli(max(time)) AS at
       FROM (SELECT person_no, time, key, event, ifNull(toJSONString(properties.value), '') AS text, if(text = 'null', '', text) AS v FROM ${events.source(ws)} WHERE ${mine})
       GROUP BY person_no${many ? ', v' : ''}`,
    );
    // Removed without a value is a word on all values.
    const swept = new Map(many ? rows.filter((r) => r.v === '' && !r.has).map((r) => [r.p, r.at]) : []);
    return rows.filter((r) => r.has && r.at > (swept.get(r.p) ?? Number.NEGATIVE_INFINITY));
  };

  const sweepOne = async (ws: number, now: number): Promise<number> => {
    let removed = 0;
    let soonest = now + lookAgainMs;
    for (const tag of (await store.load(ws)).tags) {
      const days = tag.about?.expiresAfterDays;
      if (tag.rule || !days) continue;
      const people = await held(ws, tag.key, tag.about?.values === 'many', now);
      const over = people.filter((h) => h.at + days * day <= now);
      for (const h of people) if (h.at + days * day > now) soonest = Math.min(soonest, h.at + days * day);
      await give.write(
        ws,
        over.map((h) => ({
          no: h.p,
          id: `expiry-${createHash('sha1').update(`${ws}\n${h.p}\n${tag.key}\n${h.v}\n${h.at}`).digest('base64url')}`,
          event: 'Tag Removed',
          at: new Date(h.at + days * day),
          properties: {
            key: tag.key,
            ...(h.v === '' ? {} : { value: JSON.parse(h.v) }),
            by: 'expiry',
            givenAt: new Date(h.at).toISOString(),
          },
        })),
      );
      removed += over.length;
    }
    next.set(ws, soonest);
    return removed;
  };

  return {
    /** Looks at the tags whose time may be over by `now`. */
    sweep: async (now: number): Promise<number> => {
      let removed = 0;
      for (const ws of await store.workspaces()) {
        const { tags } = await store.load(ws);
        if (now >= (next.get(ws) ?? 0) && tags.some((t) => !t.rule && t.about?.expiresAfterDays)) removed += await sweepOne(ws, now);
      }
      return removed;
    },
    /** What was known of the next instant no longer holds. */
    changed: (ws: number): void => void next.delete(ws),
  };
}
