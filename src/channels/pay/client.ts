import { type Clock, type Log, problem } from '../../base/index.ts';
import { BucketClosed, type Pacer } from '../platform/pacing.ts';
import { type PayEndpoint, type PayName, type PayRequest, type PayResponse, payEndpoints } from './endpoints.ts';
import { PayError, PayUnreachable } from './errors.ts';
import type { CertificateList, KeyRing, PlatformKey } from './keys.ts';
import type { PayConfig } from './schema.ts';
import { authorization, isSigned, sealField } from './seals.ts';

/** The typed client: `client.call('transfer.create', {…})`. One exchange, signed both ways; what to do about a failure is the caller's. */

export interface PayClient {
  call<N extends PayName>(name: N, request: PayRequest<N>): Promise<PayResponse<N>>;
  /** Fetches the platform's certificates; nothing where its public key is set. */
  refreshKeys(): Promise<void>;
}

export interface PayClientDeps {
  config: PayConfig;
  baseUrl: string;
  keys: KeyRing;
  clock: Clock;
  log: Log;
  pacer: Pacer;
  fetch?: typeof fetch;
  timeoutMs?: number;
}

export const WINDOW_MS = 5 * 60_000;
const TIMEOUT_MS = 15_000;
/** The platform's figure is 100 a second, for each API of a merchant. */
const LIMITS = { perMinute: 6_000, perHour: 360_000, parallel: 16 };
/** Refused before anything was sent: certainly not carried out. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export function createPayClient(deps: PayClientDeps): PayClient {
  const { config, keys, clock, log, pacer } = deps;
  const root = deps.baseUrl.replace(/\/+$/, '');
  const send = deps.fetch ?? fetch;

  async function exchange(name: PayName, row: PayEndpoint, uri: string, body: string, serial: string | undefined): Promise<Answer> {
    const changes = row.method === 'POST';
    try {
      const response = await send(root + uri, {
        method: row.method,
        redirect: 'error',
        signal: AbortSignal.timeout(deps.timeoutMs ?? TIMEOUT_MS),
        headers: {
          accept: 'application/json',
          'user-agent': 'yutang',
          authorization: authorization(config, row.method, uri, clock.ms(), body),
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(serial ? { 'wechatpay-serial': serial } : {}),
        },
        ...(body ? { body } : {}),
      });
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch (error) {
      const code = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
      throw new PayUnreachable(name, code, changes && !NEVER_SENT.has(code));
    }
  }

  /** Why an answer is not to be believed, if so. `carried`: keys that came inside it. */
  async function doubt(name: PayName, { headers, body }: Answer, carried: PlatformKey[] = []): Promise<string | undefined> {
    const [serial, timestamp, nonce, signature] = ['serial', 'timestamp', 'nonce', 'signature'].map((one) =>
      headers.get(`wechatpay-${one}`),
    );
    if (!serial || !timestamp || !nonce || !signature) return 'the answer is not signed';
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(clock.ms() - Number(timestamp) * 1000) > WINDOW_MS)
      return 'the answer is of another time';
    let key = carried.find((one) => one.id === serial) ?? (await keys.find(serial));
    // While they are being fetched they cannot be waited for.
    if (!key && keys.fetches && name !== 'certificates') {
      await refreshKeys();
      key = await keys.find(serial);
    }
    if (!key) return `the answer is signed with a key that is not known here (${serial})`;
    return isSigned(key.publicKey, signature, timestamp, nonce, body) ? undefined : 'the signature of the answer does not fit';
  }

  async function call<N extends PayName>(name: N, request: PayRequest<N>): Promise<PayResponse<N>> {
    const row: PayEndpoint = payEndpoints[name];
    const parsed = row.request.safeParse(request);
    if (!parsed.success) {
      const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
      throw problem(400, `${name} is not called rightly`, { errors });
    }
    const fields = { ...(parsed.data as Record<string, unknown>), ...(row.mchid ? { mchid: config.mchid } : {}) };
    const serial = await seal(name, row, fields);
    const { uri, body } = written(row, fields);

    const bucket = `${config.mchid} ${row.path}`;
    const leave = await pacer.enter(bucket, LIMITS).catch((error: unknown) => {
      if (error instanceof BucketClosed) throw new PayUnreachable(name, 'too many calls', false);
      throw error;
    });
    let answer: Answer;
    try {
      answer = await exchange(name, row, uri, body, serial);
    } finally {
      leave();
    }
    return read(name, row, answer, bucket);
  }

  async function seal(name: PayName, row: PayEndpoint, fields: Record<string, unknown>): Promise<string | undefined> {
    const secret = (row.sealed ?? []).filter((field) => fields[field] !== undefined);
    if (secret.length === 0) return undefined;
    const key = await keys.newest();
    if (!key) throw new PayUnreachable(name, "the platform's key is not known yet", false);
    for (const field of secret) fields[field] = sealField(key.publicKey, String(fields[field]));
    return key.id;
  }

  async function read<N extends PayName>(name: N, row: PayEndpoint, answer: Answer, bucket: string): Promise<PayResponse<N>> {
    const changes = row.method === 'POST';
    const trace = answer.headers.get('request-id') ?? '';
    const json = parse(answer.body);
    if (answer.status < 200 || answer.status >= 300) {
      const code = (json as { code?: unknown } | undefined)?.code;
      // Errors are not always signed; one that is must be so rightly.
      const lie = answer.headers.has('wechatpay-signature') ? await doubt(name, answer) : undefined;
      if (typeof code !== 'string' || lie !== undefined)
        throw new PayUnreachable(name, lie ?? `HTTP ${answer.status}`, changes, lie !== undefined);
      const error = new PayError(code, answer.status, name, trace);
      if (error.reaction.class === 'again') pacer.overQuota(bucket, new Date(clock.ms() + 1_000));
      log.warn({ endpoint: name, code, status: answer.status, trace }, 'WeChat Pay refused');
      throw error;
    }
    const carried = name === 'certificates' ? carriedBy(name, row, json) : undefined;
    const lie = await doubt(name, answer, carried);
    if (lie !== undefined) throw new PayUnreachable(name, lie, changes, true);
    const parsed = row.response.safeParse(json ?? {});
    if (!parsed.success) {
      const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
      throw new PayUnreachable(name, `the answer does not fit: ${fields}`, changes);
    }
    return parsed.data as PayResponse<N>;
  }

  /** Only who has the APIv3 key could have sealed them, so they may vouch for the answer that brings them. */
  function carriedBy(name: PayName, row: PayEndpoint, json: unknown) {
    const list = row.response.safeParse(json);
    try {
      return list.success ? keys.open(list.data as CertificateList) : [];
    } catch {
      throw new PayUnreachable(name, 'the certificates cannot be opened with this APIv3 key', false, true);
    }
  }

  let refreshing: Promise<void> | undefined;
  const refreshKeys = (): Promise<void> => {
    refreshing ??= (async () => {
      if (keys.fetches) await keys.keep(await call('certificates', {}));
    })().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  return { call, refreshKeys };
}

function written(row: PayEndpoint, fields: Record<string, unknown>): { uri: string; body: string } {
  const rest = { ...fields };
  const path = row.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    delete rest[name];
    return encodeURIComponent(String(fields[name]));
  });
  if (row.method === 'POST') return { uri: path, body: row.bare ? '' : JSON.stringify(rest) };
  const query = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)])).toString();
  return { uri: query ? `${path}?${query}` : path, body: '' };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
