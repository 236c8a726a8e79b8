/** What stands for a value before whoever may not see it: enough to tell two apart, not enough to use. */
export function maskOf(value: string): string {
  const at = value.indexOf('@');
  if (at > 0) return `${value[0]}***@${value.slice(at + 1)}`;
  const digits = value.replace(/[\s()-]/g, '');
  const mobile = /^(?:\+?86)?(1[3-9]\d{9})$/.exec(digits)?.[1];
  if (mobile) return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
  if (/^\+?\d{7,15}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(-2)}`;
  if (/^\d{17}[\dXx]$/.test(digits)) return `${digits.slice(0, 3)}***********${digits.slice(-4)}`;
  return '***';
}

/** A mask that others look like, with a mark: what is sent back can be told from them. */
export const markedMask = (mask: string, token: string): string => `${mask}·${token.slice(-3)}`;

/** Whether a text is such a stand-in, given back to us as if it were a value. */
export function isMasked(text: string): boolean {
  return /\*{3,}/.test(text);
}
