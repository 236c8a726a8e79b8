import { type Call, officialApp } from './respect-platforms.fixture.ts';
import type { Stayed, World } from './respect-world.fixture.ts';

/**
 * The rules of the WeChat platform as their documents say them, read from what reached it alone: five replies within 48 hours of a message and three within
 * a minute of a touch of the menu; one consent, one notice; so many templates in a day of Beijing.
 */

const hourMs = 3_600_000;
export const beijingDay = (at: number): number => Math.floor((at + 8 * hourMs) / (24 * hourMs));
const placeOf = ({ app, openid }: { app: string; openid: string }): string => `${app}:${openid}`;

/** What is said of a message that stayed is true or not by what the platform has seen. */
export interface Ledger {
  templatesUsedUp(at: number): boolean;
  agreed(stay: Stayed): boolean;
}

const byPlace = <T extends { app: string; openid: string }>(all: readonly T[]): Map<string, T[]> => Map.groupBy(all, placeOf);

export function ledgerOf({ platforms, templates, people }: World): Ledger {
  const perDay = new Map<number, number>();
  for (const { at, how } of platforms.calls) if (how === 'template') perDay.set(beijingDay(at), (perDay.get(beijingDay(at)) ?? 0) + 1);
  const consents = byPlace(platforms.acts.filter((act) => act.what === 'agree'));
  const notices = byPlace(platforms.calls.filter((call) => call.how === 'subscribe'));
  return {
    templatesUsedUp: (at) => (perDay.get(beijingDay(at)) ?? 0) >= templates,
    agreed: ({ at, personNo }) => {
      const place = people.get(personNo)?.addresses.mini_program ?? '';
      const before = (list: { at: number }[] | undefined) => (list ?? []).filter((one) => one.at <= at).length;
      return before(consents.get(place)) > before(notices.get(place));
    },
  };
}

/** What the platform would have refused, in words. */
export function breaches({ platforms, templates, arrived }: World): string[] {
  const broken: string[] = [];
  const acts = byPlace(platforms.acts);
  const perDay = new Map<number, number>();
  for (const [place, calls] of byPlace(platforms.calls)) {
    const told = acts.get(place) ?? [];
    const talks = new Map<number, number>();
    const touches = new Map<number, number>();
    let [agreed, used] = [0, 0];
    for (const call of calls) {
      const where = `${place} at ${new Date(call.at).toISOString()}`;
      if (call.how === 'custom' && !reply(told, call, talks, touches)) broken.push(`${where}: a reply that no window allows`);
      if (call.how === 'template') {
        const day = beijingDay(call.at);
        perDay.set(day, (perDay.get(day) ?? 0) + 1);
        if (call.app !== officialApp) broken.push(`${where}: a template to a mini program`);
      }
      if (call.how === 'subscribe') {
        agreed = told.filter((act) => act.what === 'agree' && act.at <= call.at).length;
        used += 1;
        if (used > agreed) broken.push(`${where}: a notice nobody agreed to`);
      }
    }
  }
  for (const [day, count] of perDay) if (count > templates) broken.push(`${count} templates on day ${day}, ${templates} are allowed`);
  const taken = arrived.filter((one) => one.channel === 'official_account' || one.channel === 'mini_program').length;
  if (taken !== platforms.calls.length) broken.push(`the platform took ${platforms.calls.length}, ${taken} are said to have gone`);
  return broken;
}

/** Takes a reply from the window that ends first; false: none is open. `talks`, `touches`: how many each act has been answered with. */
function reply(
  told: readonly { at: number; what: string }[],
  { at }: Call,
  talks: Map<number, number>,
  touches: Map<number, number>,
): boolean {
  const newest = (what: string, within: number) =>
    Math.max(...told.filter((act) => act.what === what && act.at <= at && at < act.at + within).map((act) => act.at));
  for (const [window, most, used] of [
    [newest('click', 60_000), 3, touches],
    [newest('talk', 48 * hourMs), 5, talks],
  ] as const) {
    if (!Number.isFinite(window) || (used.get(window) ?? 0) >= most) continue;
    used.set(window, (used.get(window) ?? 0) + 1);
    return true;
  }
  return false;
}
