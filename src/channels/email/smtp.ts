import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import type { NodemailerError } from 'nodemailer/lib/errors';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isAllowedHost, isPublicAddress, type Resolve } from '../../base/index.ts';
import type { Mail } from './compose.ts';
import type { EmailConfig } from './schema.ts';

/**
 * One conversation with a mail server. Its own connection rather than a pool: a pool hands a mail in again when the connection breaks, and then nobody
 * knows whether it arrived twice. Here it is known of each mail whether its text had begun to leave.
 */

export interface Smtp {
  send(mail: Mail): Promise<SmtpAnswer>;
  quit(): void;
}

export type SmtpAnswer =
  | { taken: true; response: string }
  /** code: of the server, 0 when it said nothing. begun: its text may have left. */
  | { taken: false; code: number; status: string; response: string; begun: boolean };

/** Why no conversation came about. */
export class SmtpClosed extends Error {
  readonly reason: 'auth' | 'tls' | 'unreachable' | 'address_refused' | 'greeting';
  readonly hint: string;
  constructor(reason: SmtpClosed['reason'], hint: string) {
    super(`the mail server is closed: ${reason}`);
    this.reason = reason;
    this.hint = hint;
  }
}

export async function openSmtp(config: EmailConfig, deps: { allow: readonly string[]; resolve: Resolve }): Promise<Smtp> {
  const host = await publicHost(config, deps);
  const connection = new SMTPConnection({
    host,
    port: config.port,
    secure: config.security === 'tls',
    ...(config.security === 'starttls' ? { requireTLS: true } : {}),
    ...(config.security === 'none' ? { ignoreTLS: true } : {}),
    // Looked up once, and connected to what was looked at; the certificate is that of the name.
    tls: isIP(config.host) ? {} : { servername: config.host },
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    logger: false,
  });
  let broken: NodemailerError | undefined;
  let fail: (error: NodemailerError) => void = () => {};
  connection.on('error', (error: NodemailerError) => {
    broken = error;
    fail(error);
  });
  connection.on('end', () => {
    broken ??= Object.assign(new Error('the connection has ended'), { code: 'ECONNECTION' }) as NodemailerError;
    fail(broken);
  });
  const step = (act: (done: (error?: NodemailerError | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      fail = reject;
      act((error) => (error ? reject(error) : resolve()));
    });
  try {
    await step((done) => connection.connect(done));
    const { user, password } = config;
    if (user !== undefined && password !== undefined)
      await step((done) => connection.login({ credentials: { user, pass: password } }, done));
  } catch (error) {
    connection.close();
    throw closedBy(error as NodemailerError);
  }
  fail = () => {};
  return {
    send: (mail) =>
      new Promise<SmtpAnswer>((resolve) => {
        if (broken) {
          resolve({ taken: false, code: 0, status: '', response: '', begun: false });
          return;
        }
        let begun = false;
        const text = Readable.from(
          (function* () {
            begun = true;
            yield mail.bytes;
          })(),
        );
        const refused = (error: NodemailerError) => {
          fail = () => {};
          const response = String(error.response ?? '');
          const answer: SmtpAnswer = {
            ...{ taken: false, code: error.responseCode ?? 0, response, begun },
            status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0] ?? '',
          };
          if (broken || answer.code === 0) {
            resolve(answer);
            return;
          }
          // The server still has the sender of this mail in mind.
          fail = () => resolve(answer);
          connection.reset((failed) => {
            broken ??= failed ?? undefined;
            fail = () => {};
            resolve(answer);
          });
        };
        fail = refused;
        connection.send({ from: mail.from, to: [mail.to] }, text, (error, info) => {
          if (error) refused(error);
          else {
            fail = () => {};
            resolve({ taken: true, response: info?.response ?? '' });
          }
        });
      }),
    quit: () => {
      if (broken) connection.close();
      else connection.quit();
    },
  };
}

async function publicHost(config: EmailConfig, deps: { allow: readonly string[]; resolve: Resolve }): Promise<string> {
  if (isAllowedHost(config.host, config.port, deps.allow)) return config.host;
  const addresses = await deps.resolve(config.host).catch((error: NodeJS.ErrnoException) => {
    throw new SmtpClosed('unreachable', error.code ?? 'DNS');
  });
  const [first] = addresses;
  if (!first || !addresses.every((one) => isPublicAddress(one.address))) throw new SmtpClosed('address_refused', config.host);
  return first.address;
}

function closedBy(error: NodemailerError): SmtpClosed {
  const hint = [error.code, error.responseCode].filter(Boolean).join(' ');
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH' || error.responseCode === 535 || error.responseCode === 530)
    return new SmtpClosed('auth', hint);
  if (error.code === 'ETLS' || /certificate|self-signed|ssl|tls/i.test(error.message)) return new SmtpClosed('tls', hint);
  if (error.code === 'EPROTOCOL' || error.responseCode) return new SmtpClosed('greeting', hint);
  return new SmtpClosed('unreachable', hint);
}
