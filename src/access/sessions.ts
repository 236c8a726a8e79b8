import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { type Clock, type Log, newId, type Pg, problem } from '../base/index.ts';
import { sessionSecret } from './secrets.ts';

export interface SignedIn {
  user: { id: string; email: string; name: string };
  /** `Set-Cookie` values for the answer. */
  cookies: string[];
}

export interface Sessions {
  /** 401 when the address or the password is wrong, the same for both. */
  signIn(input: { email: string; password: string }, from: { ip: string; agent: string }): Promise<SignedIn>;
  signOut(cookie: string): Promise<string[]>;
  /** Whose session the cookie is. */
  read(cookie: string): Promise<SignedIn | null>;
  /** 400 when the current password is wrong. Ends the account's other sessions. */
  changePassword(cookie: string, input: { currentPassword: string; newPassword: string }): Promise<string[]>;
}

/**
 * Sessions are better-auth's: scrypt passwords, signed httpOnly cookies, sliding expiry (7 days). It is used as a library behind our own
 * routes, so that only what is meant to be reachable is, and answers have the product's shape. Its clock is the machine's.
 */
export function createSessions(deps: { pg: Pg; clock: Clock; log: Log; secret: string; publicUrl?: string | undefined }): Sessions {
  const base = new URL(deps.publicUrl ?? 'http://localhost:7100').origin;
  const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
  const auth = betterAuth({
    appName: 'Yutang',
    baseURL: base,
    basePath: '/api/auth',
    secret: sessionSecret(deps.secret),
    database: deps.pg.pool,
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    // Attempts are counted by attempts.ts, per account and address, over all processes.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'yutang',
      useSecureCookies: base.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: ['x-client-ip'] },
      database: { generateId: ({ model }) => newId(model.slice(0, 3), deps.clock.ms()) },
    },
    // Its messages can hold addresses of people: the text of an error is enough.
    logger: { level: 'error', log: (level, message) => level === 'error' && deps.log.error({ part: 'sign-in' }, hideAddresses(message)) },
    user: { modelName: 'auth_users', fields: { emailVerified: 'email_verified', ...times } },
    session: {
      modelName: 'auth_sessions',
      fields: { expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', userId: 'user_id', ...times },
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...times,
      },
    },
    verification: { modelName: 'auth_verifications', fields: { expiresAt: 'expires_at', ...times } },
  });
  const withCookie = (cookie: string) => new Headers({ cookie });

  return {
    signIn: async (input, from) => {
      const headers = new Headers({ 'x-client-ip': from.ip, 'user-agent': from.agent });
      const answer = await auth.api.signInEmail({ body: input, headers, returnHeaders: true }).catch((error: unknown) => {
        if (error instanceof APIError && error.statusCode < 500) {
          throw problem(401, 'The e-mail or the password is wrong', {
            code: 'wrong_password',
            detail: 'Check both. An owner of the workspace can set a new password.',
          });
        }
        throw error;
      });
      const { id, email, name } = answer.response.user;
      return { user: { id, email, name }, cookies: answer.headers.getSetCookie() };
    },
    signOut: async (cookie) => {
      const answer = await auth.api.signOut({ headers: withCookie(cookie), returnHeaders: true });
      return answer.headers.getSetCookie();
    },
    read: async (cookie) => {
      const answer = await auth.api.getSession({ headers: withCookie(cookie), returnHeaders: true });
      if (!answer.response) return null;
      const { id, email, name } = answer.response.user;
      return { user: { id, email, name }, cookies: answer.headers.getSetCookie() };
    },
    changePassword: async (cookie, input) => {
      const body = { ...input, revokeOtherSessions: true };
      const answer = await auth.api.changePassword({ body, headers: withCookie(cookie), returnHeaders: true }).catch((error: unknown) => {
        if (error instanceof APIError && error.body?.code === 'INVALID_PASSWORD') {
          throw problem(400, 'The current password is wrong', {
            errors: [{ field: 'currentPassword', reason: 'is not your password; try again' }],
          });
        }
        throw error;
      });
      return answer.headers.getSetCookie();
    },
  };
}

function hideAddresses(message: string): string {
  return message.replace(/\S+@\S+/g, '[address]');
}
