import type { TFunction } from 'i18next';

/** An event's name on screen; a name that is not known, or that would read as a path of keys, stays as it is. */
export function eventName(t: TFunction, event: string): string {
  if (event === '*') return t('event.any');
  return /[.:]/.test(event) ? event : t(`event.name.${event}`, event);
}
