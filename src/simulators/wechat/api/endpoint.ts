import { z } from 'zod';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { App, Attachment, Corp, Relation, Staff } from '../state.ts';
import { isVisible } from '../state.ts';

export interface Call {
  ctx: Context;
  corp: Corp;
  app: App;
  nowMs: number;
  /** the bytes and type of an upload */
  raw: Buffer;
  contentType: string;
  query: Record<string, string>;
}

/** A reply that is not JSON (media downloads). */
export class Bytes {
  readonly contentType: string;
  readonly body: Buffer;
  constructor(contentType: string, body: Buffer) {
    this.contentType = contentType;
    this.body = body;
  }
}

export interface Endpoint<I = unknown> {
  method: 'GET' | 'POST';
  path: string;
  input: z.ZodType<I>;
  /** needs an app that is listed for customer contact */
  contact: boolean;
  /** list fields come back empty beside an error */
  emptyOnError: Record<string, unknown>;
  run(call: Call, input: I): object | Promise<object>;
}

type Options<I> = Omit<Endpoint<I>, 'contact' | 'emptyOnError'> & Partial<Pick<Endpoint<I>, 'contact' | 'emptyOnError'>>;

export function endpoint<I>(options: Options<I>): Endpoint {
  return { contact: options.path.includes('/externalcontact/'), emptyOnError: {}, ...options } as Endpoint;
}

/** zod messages carry the platform's number for what is wrong with the field. */
const says = (missing: number, wrong = missing) => ({
  error: (issue: { input?: unknown }) => String(issue.input === undefined || issue.input === '' ? missing : wrong),
});

export const fields = {
  userid: z.string(says(41009, 40003)).min(1, says(41009)),
  externalUserid: z.string(says(41035, 40096)).min(1, says(41035)),
  configId: z.string(says(41043, 41044)).min(1, says(41043)),
  limit: (max: number, standard: number) =>
    z.coerce
      .number()
      .int()
      .min(0)
      .max(max)
      .default(standard)
      .transform((n) => n || standard),
  cursor: z.string().default(''),
  ids: z.array(z.string()).default([]),
};

export function parse<I>(schema: z.ZodType<I>, value: unknown): I {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const number = Number(result.error.issues[0]?.message);
  throw new ApiError(Number.isInteger(number) && number !== 0 ? number : 40058);
}

const CURSOR_MARK = 'c1.';

/** Cursors are opaque; a foreign one is refused with 50100. */
export function page<T>(items: T[], cursor: string, limit: number): { items: T[]; next_cursor: string } {
  let from = 0;
  if (cursor) {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    from = text.startsWith(CURSOR_MARK) ? Number(text.slice(CURSOR_MARK.length)) : Number.NaN;
    if (!Number.isInteger(from) || from < 0) throw new ApiError(50100);
  }
  const to = from + limit;
  const next = to < items.length ? Buffer.from(CURSOR_MARK + to).toString('base64url') : '';
  return { items: items.slice(from, to), next_cursor: next };
}

export function inRange(call: Call, userid: string): boolean {
  return !call.app.visible || call.app.visible.includes(userid);
}

export function mustStaff(call: Call, userid: string): Staff {
  const staff = call.corp.staff.get(userid);
  if (!staff) throw new ApiError(60111);
  if (!inRange(call, userid)) throw new ApiError(60011);
  return staff;
}

export function mustCustomer(call: Call, externalUserid: string) {
  const customer = call.corp.customers.get(externalUserid);
  if (!customer) throw new ApiError(40096);
  return customer;
}

export function visibleRelations(call: Call, externalUserid: string): Relation[] {
  const all = [...(call.corp.relations.get(externalUserid)?.values() ?? [])];
  return all.filter((r) => isVisible(r, call.nowMs, call.ctx.rules.deletionLagMs) && inRange(call, r.userid));
}

export function mustRelation(call: Call, userid: string, externalUserid: string): Relation {
  mustStaff(call, userid);
  mustCustomer(call, externalUserid);
  const relation = visibleRelations(call, externalUserid).find((r) => r.userid === userid);
  if (!relation) throw new ApiError(84061);
  return relation;
}

const attachment = z.looseObject({ msgtype: z.enum(['image', 'link', 'miniprogram', 'video', 'file'], says(40008)) });

export const messageBody = {
  text: z.object({ content: z.string() }).optional(),
  attachments: z.array(attachment).max(9).default([]),
};

const bodies: Record<string, (body: Record<string, unknown>) => boolean> = {
  image: (b) => typeof b.media_id === 'string' || typeof b.pic_url === 'string',
  link: (b) => typeof b.title === 'string' && b.title !== '' && typeof b.url === 'string' && URL.canParse(b.url),
  miniprogram: (b) => ['title', 'pic_media_id', 'appid', 'page'].every((name) => typeof b[name] === 'string'),
  video: (b) => typeof b.media_id === 'string',
  file: (b) => typeof b.media_id === 'string',
};

/** Text and attachments of a message to customers: something must be said, and every medium must still be alive. */
export function checkMessage(call: Call, message: { text?: { content: string }; attachments: Attachment[] }): void {
  if (!message.text?.content && message.attachments.length === 0) throw new ApiError(44004);
  if (Buffer.byteLength(message.text?.content ?? '') > 4000) throw new ApiError(45002);
  for (const item of message.attachments) {
    const body = item[item.msgtype];
    if (!body || typeof body !== 'object' || !bodies[item.msgtype]?.(body as Record<string, unknown>)) throw new ApiError(40058);
    for (const name of ['media_id', 'pic_media_id']) {
      const id = (body as Record<string, unknown>)[name];
      if (typeof id === 'string') mustMedia(call, id);
    }
  }
}

export function mustMedia(call: Call, mediaId: string) {
  const media = call.corp.media.get(mediaId);
  if (!media || media.createdAt + call.ctx.rules.mediaLifeMs <= call.nowMs) throw new ApiError(40007);
  return media;
}
