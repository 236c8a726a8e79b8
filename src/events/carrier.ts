/** Where a person met us, as the boards speak of it. */
export const carriers = ['official_account', 'wecom', 'group', 'mini_program', 'app', 'web', 'store'] as const;

const known = new Set<string>(carriers);

/** The carrier of an event: as stated in context.carrier, else told from the library or channel; '' when it cannot be told. */
export function carrierOf(context: Record<string, unknown> | undefined, channel: unknown): string {
  const stated = context?.carrier;
  if (typeof stated === 'string' && known.has(stated)) return stated;
  const library = (context?.library as { name?: unknown } | undefined)?.name;
  if (typeof library === 'string') {
    if (/mini-?program|weapp/i.test(library)) return 'mini_program';
    if (/analytics\.js|analytics-next|web/i.test(library)) return 'web';
    if (/ios|android|react-native|flutter|kotlin|swift/i.test(library)) return 'app';
  }
  return channel === 'browser' ? 'web' : channel === 'mobile' ? 'app' : '';
}
