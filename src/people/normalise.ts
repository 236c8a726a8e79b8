import { defaultRules } from './identity-types.ts';
import type { Identity, IdentityRules } from './rules.ts';

/** Whether a value is a placeholder that stands for nobody, whatever the workspace. */
export const isBlocked = (value: string): boolean => defaultRules.isBlocked(value);

/**
 * The normal form of an identity, or the reason why it is none.
 * Phones become E.164 (default region CN), e-mails are trimmed and lower-cased, the rest is taken as it is.
 */
export function normaliseIdentity(
  type: string,
  raw: string,
  rules: IdentityRules = defaultRules,
): { identity: Identity } | { reason: string } {
  const rule = rules.types.get(type);
  if (!rule) return { reason: `"${type}" is not an identity type of this workspace` };
  if (rules.isBlocked(raw, type) || (rule.scoped && rules.isBlocked(raw.slice(raw.indexOf(':') + 1), type)))
    return { reason: 'is a placeholder that stands for nobody' };
  if (raw.length > 500) return { reason: 'is longer than 500 characters' };
  if (type === 'phone') {
    const phone = normalisePhone(raw);
    if (phone && rules.isBlocked(phone, type)) return { reason: 'is a placeholder that stands for nobody' };
    return phone ? { identity: { type, value: phone } } : { reason: 'is not a phone number' };
  }
  if (type === 'email') {
    const email = raw.trim().toLowerCase();
    return /^[^\s@]+@[^\s@]+$/.test(email) ? { identity: { type, value: email } } : { reason: 'is not an e-mail address' };
  }
  if (rule.scoped && !/^[^:]+:.+$/s.test(raw)) return { reason: 'must be scoped, such as appid:openid' };
  return { identity: { type, value: raw } };
}

/** E.164 with the region CN where no country is given; null when it cannot be a phone number. */
export function normalisePhone(raw: string): string | null {
  const text = raw.normalize('NFKC').trim();
  if (!/^[+\d][\d\s().-]*$/.test(text)) return null;
  let digits = text.replace(/\D/g, '');
  if (text.startsWith('+')) return digits.length >= 7 && digits.length <= 15 ? `+${digits}` : null;
  if (digits.startsWith('00')) return digits.length >= 9 && digits.length <= 17 ? `+${digits.slice(2)}` : null;
  if (/^86?1[3-9]\d{9}$/.test(digits) && digits.startsWith('86')) return `+${digits}`;
  if (/^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`;
  // A landline with its area code: the leading zero is national.
  if (/^0\d{9,11}$/.test(digits)) {
    digits = digits.slice(1);
    return `+86${digits}`;
  }
  return digits.length >= 7 && digits.length <= 12 ? `+86${digits}` : null;
}
