import type { Clock, Log } from '../base/index.ts';
import type { PostersToSend } from '../content/index.ts';
import type { OutboundMessage, SubmitOutcome } from './adapter.ts';

/** Everybody's own poster as the picture of a message. */

/** One poster for many people. Undefined: there is no such poster any more. `atOnce`: nobody waits in a long line for it. */
export type PosterPort = (
  workspaceNo: number,
  posterId: string,
  people: readonly number[],
  atOnce?: boolean,
) => Promise<PostersToSend | undefined>;

export interface PosterDeps {
  clock: Clock;
  log: Log;
  /** Absent: there are no posters. */
  posters?: PosterPort | undefined;
}

/** A picture, or how the message ends for now without one. */
export type Drawn = { bytes: Buffer } | { end: Omit<SubmitOutcome, 'outboxId'> };

export interface PosterBatch {
  /** The person's own page; undefined: the message has no poster, or there is none any more. */
  pageOf(message: OutboundMessage): { url: string; title: string } | undefined;
  /** Undefined: the message has no poster. */
  draw(message: OutboundMessage): Promise<Drawn | undefined>;
}

/** A batch of messages is given up for lost after ten minutes: what is not drawn long before goes with the next. */
const longestMs = 4 * 60_000;
const againMs = 30_000;

/** The posters of these messages; what a poster has in common for all is looked up once. */
export async function postersOf(deps: PosterDeps, messages: readonly OutboundMessage[]): Promise<PosterBatch> {
  const { clock, log } = deps;
  const until = clock.ms() + longestMs;
  const found = new Map<string, PostersToSend>();
  const carrying = messages.flatMap((message) => (message.extra?.poster ? [{ poster: message.extra.poster, message }] : []));
  for (const [poster, list] of Map.groupBy(carrying, (one) => one.poster)) {
    const people = [...new Set(list.map(({ message }) => message.personNo))];
    const all = await deps.posters?.(list[0]!.message.workspaceNo, poster, people);
    if (all) found.set(poster, all);
  }
  const later = (retryAt: Date): Drawn => ({ end: { state: 'retry', reason: 'poster_later', retryAt, waitsAlone: true } });
  return {
    pageOf: ({ extra, personNo }) => {
      const all = found.get(extra?.poster ?? '');
      return all && { url: all.page(personNo), title: all.title };
    },
    draw: async ({ extra, personNo, outboxId }) => {
      if (!extra?.poster) return undefined;
      if (clock.ms() > until) return later(clock.now());
      try {
        const bytes = await found.get(extra.poster)?.draw(personNo);
        return bytes ? { bytes } : { end: { state: 'failed', reason: 'no_poster' } };
      } catch (error) {
        log.warn({ message: outboxId, err: error }, 'a poster could not be drawn');
        return later(new Date(clock.ms() + againMs));
      }
    },
  };
}
