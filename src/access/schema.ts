import { z } from 'zod';
import { pageQuery } from '../base/index.ts';
import { roles } from './permissions.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return !/^[+-]/.test(text);
  } catch {
    return false;
  }
}

// PostgreSQL text holds no zero character.
const plain = (text: string): boolean => !text.includes('\0');
// Nor does its JSON, where half a surrogate pair is refused as well; both are escapes in what JSON.stringify writes.
const storable = (json: string): boolean => !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/i.test(json);

const name = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(100, { error: 'must have at most 100 characters' })
  .refine(plain, { error: 'must not have a zero character' });
const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .pipe(z.email({ error: 'must be an e-mail address' }));
const newPassword = z.string().min(8, { error: 'must have at least 8 characters' }).max(128, { error: 'must have at most 128 characters' });
const timezone = z.string().refine(isTimezone, { error: 'must be a time zone such as Asia/Shanghai' });
const currency = z.string().refine((code) => currencies.has(code), { error: 'must be a currency code such as CNY' });
const role = z.enum(roles, { error: `must be one of ${roles.join(', ')}` });
// `z.json()` is recursive, which the description of the API cannot say; a body is JSON as it is.
const settings = z
  .record(z.string().max(100), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 65_536, { error: 'must stay below 64 KB' })
  .refine((value) => storable(JSON.stringify(value)), { error: 'must not have a zero character or half a surrogate pair' });

export const idParams = z.object({ id: z.string().regex(/^\w{1,100}$/, { error: 'is not an id' }) });
export const done = z.object({ success: z.literal(true) });

export const signInBody = z.object({ email, password: z.string().min(1, { error: 'must not be empty' }).max(128) });
export const signedIn = z.object({ user: z.object({ id: z.string(), email: z.string(), name: z.string() }) });
export const changePasswordBody = z.object({ currentPassword: z.string().min(1).max(128), newPassword });

export const newMember = z.object({ email, name, role, password: newPassword.optional() });
export const memberChange = z.object({ name: name.optional(), role: role.optional() });
export const member = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.enum(roles), createdAt: z.string() });
export const addedMember = member.extend({ password: z.string().optional().describe('Made because none was given; shown this once.') });
export const memberPage = z.object({ items: z.array(member), nextCursor: z.null() });
export const madePassword = z.object({ password: z.string() });
export const meChange = z.object({ name });

export const newKey = z.object({
  kind: z.enum(['api', 'write'], { error: "must be 'api' or 'write'" }),
  name,
  personal: z.boolean().optional(),
});
export const key = z.object({
  id: z.string(),
  kind: z.enum(['api', 'write']),
  name: z.string(),
  prefix: z.string(),
  personal: z.boolean().describe('Whether answers to this key hold phones, e-mails and the like in clear.'),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});
export const createdKey = key.extend({ secret: z.string().describe('Shown this once.') });
export const keyPage = z.object({ items: z.array(key), nextCursor: z.null() });

export const newWorkspace = z.object({ name, timezone: timezone.optional(), currency: currency.optional() });
export const workspaceChange = newWorkspace.partial().extend({ settings: settings.optional() });
const listed = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), timezone: z.string(), currency: z.string() });
export const workspace = listed.extend({ settings: z.record(z.string(), z.unknown()) });
export const workspacePage = z.object({ items: z.array(listed), nextCursor: z.null() });

export const me = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }).nullable().describe('Null for an API key.'),
  workspaces: z.array(listed),
  workspace,
  permissions: z.array(z.string()),
});

export const auditQuery = pageQuery.extend({
  action: z.string().max(200).refine(plain, { error: 'must not have a zero character' }).optional(),
});
export const auditPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      actor: z.object({ kind: z.enum(['member', 'apiKey', 'writeKey', 'system']), id: z.string(), name: z.string() }),
      action: z.string(),
      target: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
  nextCursor: z.string().nullable(),
});
