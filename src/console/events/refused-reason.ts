import { useTranslation } from 'react-i18next';

/** The doors answer machines in English; operators read why in their own language. */
const known: [RegExp, string][] = [
  [/^must be an object/, 'object'],
  [/^must be one of/, 'oneOf'],
  [/^must be a text that names/, 'name'],
  [/^must be a text/, 'text'],
  [/^is longer than/, 'long'],
  [/^is not an instant|must be an instant/, 'instant'],
  [/^lies outside 1990/, 'outside'],
  [/^names nobody/, 'nobody'],
  [/^is a placeholder/, 'placeholder'],
  [/is not an identity type/, 'identityType'],
  [/^is not a phone/, 'phone'],
  [/^is not an e-mail/, 'email'],
  [/^must be scoped/, 'scoped'],
  [/^must be a list/, 'list'],
  [/^is nested deeper/, 'deep'],
  [/^is larger than|^is too large|^must hold at most|^has more than/, 'large'],
  [/^is blocked in the catalogue/, 'blocked'],
  [/^holds something that cannot be stored/, 'store'],
  [/^belongs to somebody else/, 'else'],
  [/^was erased/, 'erased'],
  [/^must be a JSON object|^is not JSON|^cannot be read/, 'json'],
  [/gzip/, 'gzip'],
];

export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => {
    const key = known.find(([pattern]) => pattern.test(reason))?.[1];
    return key ? t(`health.refused.reason.${key}`) : reason;
  };
}
