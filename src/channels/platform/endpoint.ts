import { z } from 'zod';

/** One row of the endpoint table. */
export interface Endpoint<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST';
  path: string;
  request: Req;
  response: Res;
  /** Calls with the same bucket share one rate limit. */
  bucket: string;
  /** 'repeat': doing it twice changes nothing, so no answer means try again. 'once': no answer means in doubt, and the caller decides. */
  retry: 'repeat' | 'once';
  /** The most that may run at the same time. */
  parallel?: number;
  /** Published limits of this call where they differ from the platform's general ones. */
  perMinute?: number;
  perHour?: number;
  /** The body is a form with one file; the other request fields go into the address. */
  upload?: boolean;
  /** These fields of a POST go into the address. */
  inQuery?: readonly string[];
  /** Success is a picture or file and no JSON. */
  bytes?: boolean;
  /** Goes without an access token; `secret`: with the app's id and secret in the address instead. */
  token?: 'none' | 'secret';
}

export type Table = Record<string, Endpoint>;
export type RequestIn<T extends Table, N extends keyof T> = z.input<T[N]['request']>;
export type ResponseOut<T extends Table, N extends keyof T> = z.output<T[N]['response']>;

type Extra = Partial<Omit<Endpoint, 'method' | 'path' | 'request' | 'response'>>;

function endpoint<Req extends z.ZodType, Res extends z.ZodType>(
  method: 'GET' | 'POST',
  path: string,
  request: Req,
  response: Res,
  extra: Extra = {},
): Endpoint<Req, Res> {
  return { method, path, request, response, bucket: path, retry: 'repeat', ...extra };
}

export const get = <Req extends z.ZodType, Res extends z.ZodType>(path: string, request: Req, response: Res, extra?: Extra) =>
  endpoint('GET', path, request, response, extra);
export const post = <Req extends z.ZodType, Res extends z.ZodType>(path: string, request: Req, response: Res, extra?: Extra) =>
  endpoint('POST', path, request, response, extra);

/** Lists are left out, null or empty alike. */
export const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
export const cursor = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const nothing = z.object({});
export const id = z.string().min(1);
export const ids = (most: number) => z.array(id).min(1).max(most);
