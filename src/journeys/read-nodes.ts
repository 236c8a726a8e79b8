import type { FieldError } from '../base/index.ts';
import { type JourneyNode, otherwise, type Span, triggersOf, unitsOf } from './graph.ts';

/** Reads a rule or the conditions on an event; the audience room's own parser. */
export type ReadRule = (input: unknown, field: string) => FieldError[];

export const limits = { nodes: 200, branches: 20, text: 200, waitDays: 366, jumps: 100, inside: 100 };
export const isDay = (v: unknown): v is number => isWhole(v, 0, limits.waitDays);
const channels = ['wecom', 'official_account', 'mini_program', 'webhook', 'email', 'sms', 'push'];

export type Dict = Record<string, unknown>;
export const isDict = (v: unknown): v is Dict => v !== null && typeof v === 'object' && !Array.isArray(v);
export const isText = (v: unknown, most: number = limits.text): v is string => typeof v === 'string' && v.trim() !== '' && v.length <= most;
export const isWhole = (v: unknown, from: number, to: number): v is number =>
  Number.isInteger(v) && (v as number) >= from && (v as number) <= to;
export const isTime = (v: unknown): v is string => typeof v === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(v);
export const given = (v: unknown): boolean => v !== undefined && v !== null;

export interface Reading {
  bad(field: string, reason: string): undefined;
  readRule: ReadRule;
}
type Reader = (node: Dict, at: string, r: Reading) => undefined;

function readRuleOf(rule: unknown, at: string, r: Reading): undefined {
  if (given(rule)) for (const e of r.readRule(rule, 'rule')) r.bad(`${at}.${e.field}`, e.reason);
}

function readWhere(where: unknown, at: string, r: Reading): undefined {
  if (!given(where)) return;
  // The conditions are those of an event rule, so they are read as one.
  for (const e of r.readRule({ event: 'x', where }, 'rule')) r.bad(`${at}${e.field.replace(/^rule\.where/, '')}`, e.reason);
}

function readCondition(node: Dict, at: string, r: Reading): undefined {
  if (given(node.event) && !isText(node.event)) return r.bad(`${at}.event`, 'must be the name of an event');
  readWhere(node.where, `${at}.where`, r);
}

/** What an event or a rule is waited for by. */
function readWaiting(node: Dict, at: string, r: Reading): undefined {
  readCondition(node, at, r);
  readRuleOf(node.rule, at, r);
  if (given(node.event) && given(node.rule)) r.bad(`${at}.rule`, 'stands beside an event; keep one of them');
  readMatch(node, at, r);
}

function readMatch({ match }: Dict, at: string, r: Reading): undefined {
  if (!given(match)) return;
  const fits = Array.isArray(match) && match.length <= 5 && match.every((m) => isDict(m) && isText(m.property) && isText(m.entry));
  if (!fits)
    r.bad(
      `${at}.match`,
      'must be a list of up to 5 {property, entry}: a property of the event and the property of the entry it must equal',
    );
}

function readSpan(node: Dict, at: string, r: Reading): undefined {
  const units = unitsOf(node as Span);
  if (units.length > 1) return r.bad(at, `has ${units.join(' and ')}; say the time in one of them`);
  const [unit] = units;
  if (!unit) return;
  const most = limits.waitDays * { days: 1, hours: 24, minutes: 1440 }[unit];
  const n = node[unit];
  if (typeof n !== 'number' || !(n > 0) || n > most) r.bad(`${at}.${unit}`, `must be a number above 0 and up to ${most}`);
}

function readWait(node: Dict, at: string, r: Reading): undefined {
  readSpan(node, at, r);
  const { day, at: time } = node;
  if (!given(day) && !given(time)) return;
  if (!isDay(day)) r.bad(`${at}.day`, `must be a whole number of days from 0 (the day they come in) to ${limits.waitDays}`);
  if (!isTime(time)) r.bad(`${at}.at`, 'must be a time of day such as 09:00');
  if (unitsOf(node as Span).length > 0) r.bad(`${at}.day`, 'stands beside a span; keep one of them');
}

function readContent(node: Dict, at: string, r: Reading): undefined {
  if (!channels.includes(String(node.channel))) r.bad(`${at}.channel`, `must be one of ${channels.join(', ')}`);
  if (given(node.contentId) && typeof node.contentId !== 'string') r.bad(`${at}.contentId`, 'must be the id of a content item');
}

/** Fields that are texts, each with what it must be. */
const readTexts =
  (fields: Record<string, string>): Reader =>
  (node, at, r) => {
    for (const [field, what] of Object.entries(fields))
      if (given(node[field]) && !isText(node[field], field === 'text' ? 500 : limits.text)) r.bad(`${at}.${field}`, what);
  };

function readEntry(node: Dict, at: string, r: Reading): undefined {
  readCondition(node, at, r);
  readTexts({
    audience: 'must be the id of an audience',
    touchpoint: 'must be the id of a touchpoint',
    key: 'must be the name of a property',
  })(node, at, r);
  const triggers = triggersOf(node as never);
  if (triggers.length > 1)
    r.bad(`${at}.${triggers[1]}`, `stands beside ${triggers[0]}; an entry begins with one of them: add a second entry for the other`);
  for (const flag of ['existing', 'api'])
    if (given(node[flag]) && typeof node[flag] !== 'boolean') r.bad(`${at}.${flag}`, 'must be true or false');
  if (given(node.on) && node.on !== 'enter' && node.on !== 'exit') r.bad(`${at}.on`, 'must be "enter" or "exit"');
  readRuleOf(node.rule, at, r);
  const { reentry, date, schedule } = node;
  const again = isDict(reentry) && isWhole(reentry.afterDays, 0, 3650);
  if (reentry !== undefined && reentry !== 'never' && reentry !== 'always' && !again)
    r.bad(`${at}.reentry`, 'must be "never", "always" or {"afterDays": n} with whole days from 0 to 3650');
  if (given(node.most) && !isWhole(node.most, 1, limits.inside)) r.bad(`${at}.most`, `must be a whole number from 1 to ${limits.inside}`);
  if (given(node.over) && node.over !== 'refuse' && node.over !== 'replace') r.bad(`${at}.over`, 'must be "refuse" or "replace"');
  if (given(date)) {
    const fits =
      isDict(date) && isText(date.trait) && (!given(date.days) || isWhole(date.days, -366, 366)) && (!given(date.at) || isTime(date.at));
    if (!fits) r.bad(`${at}.date`, 'must be {trait, days?, at?, yearly?}: days from -366 (before) to 366 (after), at as HH:MM');
  }
  if (given(schedule)) {
    const one = isDict(schedule) && given(schedule.cron) !== given(schedule.at);
    if (!one) r.bad(`${at}.schedule`, 'must be {cron} or {at}, one of the two');
    else if (given(schedule.at) && Number.isNaN(Date.parse(String(schedule.at))))
      r.bad(`${at}.schedule.at`, 'must be an instant such as 2026-01-31T02:00:00Z');
    else if (given(schedule.cron) && !isCron(schedule.cron))
      r.bad(`${at}.schedule.cron`, 'must be five parts: minute hour day month weekday, such as 0 10 * * 1');
  }
}

/** Five parts of numbers, lists, ranges and steps; whether such a day ever comes is asked where it runs. */
const isCron = (v: unknown): boolean =>
  typeof v === 'string' &&
  v.trim().split(/\s+/).length === 5 &&
  v
    .trim()
    .split(/\s+/)
    .every((p) => /^(\*|\d+(-\d+)?)(\/\d+)?(,(\*|\d+(-\d+)?)(\/\d+)?)*$/.test(p));

export const readers: Record<JourneyNode['type'], Reader> = {
  entry: readEntry,
  wait: readWait,
  until: (node, at, r) => {
    readWaiting(node, at, r);
    readSpan(node, at, r);
  },
  window: (node, at, r) => {
    for (const end of ['from', 'to'])
      if (given(node[end]) && !isTime(node[end])) r.bad(`${at}.${end}`, 'must be a time of day such as 09:00');
    const { weekdays } = node;
    if (given(weekdays) && !(Array.isArray(weekdays) && weekdays.length > 0 && weekdays.every((d) => isWhole(d, 1, 7))))
      r.bad(`${at}.weekdays`, 'must be a list of days from 1 (Monday) to 7 (Sunday)');
  },
  branch: (node, at, r) =>
    readBranches(node, at, r, (branch, here) => {
      if (branch.key === otherwise) r.bad(`${here}.key`, `"${otherwise}" is kept for those who match none; choose another key`);
      readRuleOf(branch.rule, here, r);
      readWhere(branch.entry, `${here}.entry`, r);
    }),
  split: (node, at, r) =>
    readBranches(node, at, r, (branch, here) => {
      const w = branch.weight;
      if (typeof w !== 'number' || !(w >= 0 && w <= 100)) r.bad(`${here}.weight`, 'must be a number from 0 to 100: its share in percent');
    }),
  bandit: (node, at, r) => {
    readBranches(node, at, r, () => undefined);
    const { floor } = node;
    if (given(floor) && !(typeof floor === 'number' && floor >= 1 && floor <= 50))
      r.bad(`${at}.floor`, 'must be a number from 1 to 50: the percent that no branch falls below');
  },
  holdout: (node, at, r) => {
    const { percent } = node;
    if (given(percent) && !(typeof percent === 'number' && percent > 0 && percent < 100))
      r.bad(`${at}.percent`, 'must be a number above 0 and below 100');
  },
  send: (node, at, r) => {
    readContent(node, at, r);
    if (given(node.purpose) && !(isText(node.purpose) && /^[\w-]{1,60}$/.test(node.purpose)))
      r.bad(`${at}.purpose`, 'must be a word of letters, digits, _ or -');
    const { among, fallback } = node;
    if (given(among) && !(Array.isArray(among) && among.length <= 1000 && among.every((id) => isText(id))))
      r.bad(`${at}.among`, 'must be a list of ids of content items');
    if (!given(fallback)) return;
    if (!Array.isArray(fallback) || fallback.length > 4) return r.bad(`${at}.fallback`, 'must be a list of up to 4 {channel, contentId?}');
    for (const [i, next] of fallback.entries()) readContent(isDict(next) ? next : {}, `${at}.fallback.${i}`, r);
  },
  tag: (node, at, r) => {
    readTexts({ add: 'must be the key of a tag', remove: 'must be the key of a tag' })(node, at, r);
    if (given(node.add) && given(node.remove)) r.bad(`${at}.remove`, 'stands beside a tag to add; use two steps');
    if (given(node.value) && !['string', 'number', 'boolean'].includes(typeof node.value))
      r.bad(`${at}.value`, 'must be a text, a number, or true or false');
  },
  coupon: readTexts({ couponId: 'must be the id of a coupon' }),
  task: (node, at, r) => {
    readTexts({ text: 'must be a text of 1 to 500 characters', staffId: 'must be the id of a staff member' })(node, at, r);
    if (given(node.dueInDays) && !isWhole(node.dueInDays, 0, 366)) r.bad(`${at}.dueInDays`, 'must be a whole number of days from 0 to 366');
  },
  webhook: readTexts({ topic: 'must be a text of 1 to 200 characters' }),
  group: (node, at, r) => {
    readContent(node, at, r);
    readTexts({ touchpointId: 'must be the id of a touchpoint' })(node, at, r);
  },
  jump: (node, at, r) => {
    readSpan(node, at, r);
    readTexts({ journey: 'must be the id of a journey', to: 'must be the id of a node' })(node, at, r);
    if (given(node.to) && given(node.journey)) r.bad(`${at}.to`, 'stands beside a journey; a jump leads to one of them');
    if (given(node.most) && !isWhole(node.most, 1, limits.jumps)) r.bad(`${at}.most`, `must be a whole number from 1 to ${limits.jumps}`);
  },
  goal: (node, at, r) => {
    readCondition(node, at, r);
    readMatch(node, at, r);
    if (node.withinDays !== undefined && !(typeof node.withinDays === 'number' && node.withinDays >= 0 && node.withinDays <= 366)) {
      r.bad(`${at}.withinDays`, 'must be a number of days from 0 to 366');
    }
    if (node.exit !== undefined && typeof node.exit !== 'boolean') r.bad(`${at}.exit`, 'must be true or false');
  },
  exitRule: readWaiting,
  exit: () => {},
};

function readBranches(node: Dict, at: string, r: Reading, each: (branch: Dict, here: string) => undefined): undefined {
  if (!Array.isArray(node.branches)) return r.bad(`${at}.branches`, 'must be a list of branches');
  if (node.branches.length > limits.branches)
    return r.bad(`${at}.branches`, `has ${node.branches.length} branches; at most ${limits.branches}`);
  const seen = new Set<unknown>();
  for (const [i, branch] of (node.branches as unknown[]).entries()) {
    const here = `${at}.branches.${i}`;
    if (!isDict(branch)) r.bad(here, 'must be an object {key, name, …}');
    else if (!isText(branch.key)) r.bad(`${here}.key`, `must be a text of 1 to ${limits.text} characters`);
    else {
      if (seen.has(branch.key)) r.bad(`${here}.key`, `"${branch.key}" is used twice in this node`);
      seen.add(branch.key);
      if (branch.name !== undefined && typeof branch.name !== 'string') r.bad(`${here}.name`, 'must be a text');
      each(branch, here);
    }
  }
}
