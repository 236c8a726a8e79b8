import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
  from: string;
  to: string;
  /** As it came, headers and all. */
  raw: string;
}

/** How the server answers for an address: a code and its words; `hang`: it takes the text and breaks off without a word; nothing: it takes the mail. */
export type MailAnswer = { code: number; text: string } | 'hang' | undefined;

/** A mail server that takes what it is given, and answers as it is told. */
export async function startMailServer(options: { user?: string; password?: string } = {}) {
  const taken: TakenMail[] = [];
  const answers = new Map<string, MailAnswer>();
  const refuse = ({ code, text }: { code: number; text: string }) => Object.assign(new Error(text), { responseCode: code });
  let connections = 0;
  const server = new SMTPServer({
    authOptional: options.user === undefined,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onAuth: (auth, _session, done) =>
      auth.username === options.user && auth.password === options.password
        ? done(null, { user: auth.username })
        : done(refuse({ code: 535, text: '5.7.8 authentication failed' })),
    onRcptTo: (address, _session, done) => {
      const answer = answers.get(address.address);
      if (answer && answer !== 'hang') done(refuse(answer));
      else done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const { mailFrom } = session.envelope;
        taken.push({ from: mailFrom ? mailFrom.address : '', to, raw: Buffer.concat(chunks).toString('utf8') });
        if (answers.get(to) === 'hang') for (const one of server.connections) one.close();
        else done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    answer: (address: string, answer: MailAnswer) => void answers.set(address, answer),
    connections: () => connections,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}
