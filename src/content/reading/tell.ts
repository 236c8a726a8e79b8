import type { PageItem } from './page-item.ts';
import type { ReadEvent, ReadingDeps } from './ports.ts';
import type { Passed, Reader, Readers, Reading } from './reader.ts';

const dayMs = 86_400_000;

/** What happens on pages, as events: opened, read for so long, passed on. Every one is told under an id of its own, so that a repeat is none. */
export function createTelling(deps: ReadingDeps, readers: Readers) {
  const about = (item: PageItem): Record<string, unknown> => ({
    contentId: item.id,
    contentName: item.doc.name,
    kind: item.doc.kind,
    ...(item.doc.topics.length > 0 ? { tags: item.doc.topics } : {}),
  });
  const write = async (item: PageItem, reader: Reader, event: Pick<ReadEvent, 'messageId' | 'event' | 'properties'>): Promise<void> => {
    const who = await readers.who(item, reader);
    if (!who) return;
    const message = 'message' in who ? who.message : undefined;
    const by = message
      ? { channel: message.channel, outboxId: message.outboxId, ...(message.journeyId ? { journeyId: message.journeyId } : {}) }
      : {};
    await deps.write(item.workspaceNo, [
      {
        ...event,
        ...('personNo' in who ? { personNo: who.personNo } : { anonymousId: who.anonymousId }),
        properties: { ...about(item), ...by, ...event.properties },
        ...{ timestamp: deps.clock.now(), context: { carrier: 'web' }, source: 'yutang' },
      },
    ]);
  };
  /** Counts once a day for each who passes on, however often they press and however many open it. */
  const shared = (item: PageItem, reader: Reader, how: 'button' | 'opened', n: number): Promise<void> => {
    const key = 'a' in reader ? reader.a : reader.m;
    const day = Math.floor(deps.clock.ms() / dayMs);
    return write(item, reader, {
      messageId: `shared:${item.id}:${key}:${day}`,
      event: 'Content Shared',
      properties: { how, generation: n },
    });
  };
  const byOf = async (item: PageItem, passed: Passed | null): Promise<Record<string, unknown>> => {
    if (!passed) return {};
    const sharedBy = await readers.personOf(item, passed.by);
    return { ...(sharedBy ? { sharedBy } : {}), generation: passed.n };
  };
  return {
    shared,
    /** A page was opened. Whoever passed it on has thereby shared it, also where no button was pressed. */
    viewed: async (item: PageItem, reading: Reading): Promise<void> => {
      const { passed } = reading;
      await write(item, reading.reader, {
        messageId: `read:${reading.id}:0`,
        event: 'Content Viewed',
        properties: { readId: reading.id, ...(await byOf(item, passed)) },
      });
      if (passed) await shared(item, passed.by, 'opened', passed.n);
    },
    /** Some seconds more of the same reading. */
    read: async (item: PageItem, reading: Reading, told: { n: number; seconds: number; depth: number }): Promise<void> =>
      write(item, reading.reader, {
        messageId: `read:${reading.id}:${told.n}`,
        event: 'Content Read',
        properties: { readId: reading.id, seconds: told.seconds, depth: told.depth, ...(await byOf(item, reading.passed)) },
      }),
  };
}
