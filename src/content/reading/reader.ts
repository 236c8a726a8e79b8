import type { FastifyRequest } from 'fastify';
import type { PageItem } from './page-item.ts';
import type { MessageReader, ReadingDeps } from './ports.ts';
import type { Seals } from './seal.ts';

/** Who reads: whom a message was sent to, by its token, or a browser. */
export type Reader = { m: string } | { a: string };
const isReader = (value: unknown): value is Reader =>
  typeof value === 'object' && value !== null && ('m' in value ? typeof value.m === 'string' : 'a' in value && typeof value.a === 'string');
const same = (one: Reader, other: Reader): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Who passed a page on, and how many hands it had gone through by then. */
export interface Passed {
  by: Reader;
  n: number;
}
/** One reading of one page, as its page tells of it. */
export interface Reading {
  id: string;
  reader: Reader;
  passed: Passed | null;
}

/** A page remembers within one workspace alone who came by a message. */
const cookieOf = (item: PageItem): string => `yt_r${item.workspaceNo.toString(36)}`;

export function createReaders(deps: ReadingDeps, seals: Seals) {
  const secure = deps.publicUrl.startsWith('https:');
  const aboutCookie = (item: PageItem) => `reader ${item.workspaceNo}`;
  const aboutShare = (item: PageItem) => `share ${item.key}`;
  return {
    /** The reader behind a request, and cookies to give. */
    of: (req: FastifyRequest, item: PageItem): { reader: Reader; counted: boolean; cookies: string[] } => {
      const caller = deps.callerOf(req.headers, secure);
      const cookies = caller.setCookie ? [caller.setCookie] : [];
      const kept = new RegExp(`(?:^|;\\s*)${cookieOf(item)}=([\\w-]+)`).exec(req.headers.cookie ?? '')?.[1];
      const known = kept && seals.open(aboutCookie(item), kept);
      return { reader: isReader(known) ? known : { a: caller.visitor }, counted: caller.counted, cookies };
    },
    /** Somebody came by the link of a message: from now on this browser is theirs. */
    remember: (item: PageItem, reader: Reader): string =>
      `${cookieOf(item)}=${seals.seal(aboutCookie(item), reader)}; Path=/r; Max-Age=31536000; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
    /** The address to pass on: it carries who did. */
    shareOf: (item: PageItem, reader: Reader, passed: Passed | null): string =>
      seals.seal(aboutShare(item), { by: reader, n: (passed?.n ?? 0) + 1 } satisfies Passed),
    /** Who passed the page on to this reader; null when nobody, or they themselves. */
    passedBy: (item: PageItem, share: string | undefined, reader: Reader): Passed | null => {
      const opened = share === undefined ? undefined : (seals.open(aboutShare(item), share) as Passed | undefined);
      return opened && isReader(opened.by) && !same(opened.by, reader) ? opened : null;
    },
    /** As events name them. */
    who: async (
      item: PageItem,
      reader: Reader,
    ): Promise<{ personNo: number; message: MessageReader } | { anonymousId: string } | undefined> => {
      if ('a' in reader) return { anonymousId: reader.a };
      const message = await deps.messageOf(reader.m);
      return message?.workspaceNo === item.workspaceNo ? { personNo: message.personNo, message } : undefined;
    },
    /** The person who passed it on, where they are known. */
    personOf: async (item: PageItem, reader: Reader): Promise<string | undefined> => {
      const no = 'a' in reader ? await deps.personOf(item.workspaceNo, reader.a) : await deps.messageOf(reader.m).then((m) => m?.personNo);
      return no === undefined ? undefined : deps.personId(no);
    },
  };
}
export type Readers = ReturnType<typeof createReaders>;
