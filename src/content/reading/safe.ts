const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Text as it may stand in HTML, between tags and in quoted values. */
export const safe = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c]!);
