import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * A structured log. Personal data and secrets do not belong in it: rooms log numbers and ids,
 * and the paths below are removed should one slip in.
 */
export function createLog(level: string): Log {
  return pino({
    level,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        '*.password',
        '*.secret',
        '*.phone',
        '*.email',
        '*.traits',
        '*.token',
        '*.access_token',
      ],
      censor: '[removed]',
    },
  });
}

export const silentLog: Log = pino({ level: 'silent' });
