import { nextRun } from './clocks.ts';
import { type EntryNode, type Graph, type JourneyNode, type JumpNode, triggerOf, unitsOf, untilDay } from './graph.ts';
import { type Room, type Surroundings, tagAsk } from './surroundings.ts';

type Bad = (field: string, reason: string) => undefined;

const noRoom: Record<Room, string> = {
  tags: 'tags cannot be given here; take this step out',
  coupons: 'there are no coupons here; take this step out',
  tasks: 'there are no tasks for staff here; take this step out',
  groups: 'there are no groups to invite to here; take this step out',
  matching: 'nothing chooses what fits each person here; choose the content',
  notify: 'notices to a webhook are not possible here; take this step out',
  traits: 'dates of people are not known here; begin with something else',
};

/** What one node lacks before it can run, in words for the node. */
export function nodeProblems(graph: Graph, node: JourneyNode, at: string, around: Surroundings, bad: Bad): void {
  const needs = (room: Room): boolean => {
    if (!around.rooms.has(room)) bad(at, noRoom[room]);
    return around.rooms.has(room);
  };
  const content = (field: string, id: string | undefined | null): void => {
    if (!id) bad(`${at}.${field}`, 'is missing; choose what to send');
    else if (!around.contents.has(id)) bad(`${at}.${field}`, 'does not exist any more; choose other content');
  };
  const channel = (field: string, kind: string): void => {
    if (!around.channels.has(kind)) bad(`${at}.${field}`, `the ${kind} channel is not set up yet; do so in the settings`);
  };
  const span = (): void => {
    if (unitsOf(node as never).length === 0) bad(at, 'says no time; set minutes, hours or days');
  };
  const waitsFor = (n: { event?: string; rule?: unknown; match?: unknown[] }): void => {
    if (!n.event && !n.rule) bad(`${at}.event`, 'is missing; say which event or rule it waits for');
    if (n.match?.length && !n.event) bad(`${at}.match`, 'compares an event with the entry; say which event');
  };
  switch (node.type) {
    case 'entry':
      entryProblems(node, at, around, bad, needs);
      if (!graph.edges.some((e) => e.from === node.id)) bad(at, 'leads nowhere; connect it to the first step');
      break;
    case 'wait':
      if (!untilDay(node)) span();
      break;
    case 'until':
      waitsFor(node);
      span();
      break;
    case 'window':
      if (!node.from || !node.to) bad(at, 'says no hours; set from and to');
      break;
    case 'branch':
      if (node.branches.length === 0) bad(`${at}.branches`, 'is empty; add a branch with a rule');
      node.branches.forEach((b, k) => {
        if (!b.rule && !b.entry?.length) bad(`${at}.branches.${k}.rule`, 'is missing; say who takes this branch');
      });
      break;
    case 'split': {
      const sum = node.branches.reduce((total, b) => total + b.weight, 0);
      if (node.branches.length < 2) bad(`${at}.branches`, 'has fewer than two branches; a split compares at least two');
      else if (Math.abs(sum - 100) > 0.001)
        bad(`${at}.branches`, `the weights add up to ${Number(sum.toFixed(3))}; make them add up to 100`);
      break;
    }
    case 'bandit':
      if (node.branches.length < 2) bad(`${at}.branches`, 'has fewer than two branches; a split compares at least two');
      else if ((node.floor ?? 10) * node.branches.length > 100) bad(`${at}.floor`, 'is more than all branches can have; make it smaller');
      if (!graph.nodes.some((n) => n.type === 'goal')) bad(at, 'learns from a goal; add one to the journey');
      break;
    case 'holdout':
      if (!node.percent) bad(`${at}.percent`, 'is missing; say how many percent are held out');
      break;
    case 'send':
      if (node.contentId === 'auto') {
        if (needs('matching')) for (const [k, id] of (node.among ?? []).entries()) content(`among.${k}`, id);
      } else content('contentId', node.contentId);
      channel('channel', node.channel);
      (node.fallback ?? []).forEach((next, k) => {
        if (next.contentId || node.contentId === 'auto') content(`fallback.${k}.contentId`, next.contentId);
        channel(`fallback.${k}.channel`, next.channel);
      });
      if (new Set([node.channel, ...(node.fallback ?? []).map((f) => f.channel)]).size <= (node.fallback?.length ?? 0))
        bad(`${at}.fallback`, 'names a channel twice; each can be tried once');
      break;
    case 'tag': {
      if (!needs('tags')) break;
      if (!node.add && !node.remove) bad(`${at}.add`, 'is missing; choose a tag to give or to take');
      const said = around.tags.get(tagAsk(node));
      if (said) bad(at, said);
      break;
    }
    case 'coupon':
      if (!needs('coupons')) break;
      if (!node.couponId) bad(`${at}.couponId`, 'is missing; choose a coupon');
      else if (!around.coupons.has(node.couponId))
        bad(`${at}.couponId`, 'cannot be given out; choose another coupon, or make this one ready');
      break;
    case 'task':
      if (needs('tasks') && !node.text) bad(`${at}.text`, 'is missing; say what is to be done');
      break;
    case 'webhook':
      if (needs('notify')) channel('type', 'webhook');
      break;
    case 'group':
      if (!needs('groups')) break;
      if (!node.touchpointId) bad(`${at}.touchpointId`, 'is missing; choose the code of the group');
      else if (around.touchpoints && !around.touchpoints.has(node.touchpointId)) bad(`${at}.touchpointId`, 'does not exist');
      content('contentId', node.contentId);
      if (node.contentId && around.contents.has(node.contentId) && !/\bgroup\b/.test(around.contents.get(node.contentId)!))
        bad(`${at}.contentId`, 'does not say where to join; put {{ group.url }} into the text');
      channel('channel', node.channel);
      break;
    case 'jump':
      jumpProblems(graph, node, at, around, bad);
      break;
    case 'goal':
      if (!node.event) bad(`${at}.event`, 'is missing; say which event is the goal');
      if (node.withinDays === undefined) bad(`${at}.withinDays`, 'is missing; say for how many days after the journey it still counts');
      break;
    case 'exitRule':
      waitsFor(node);
      break;
    default:
  }
}

function entryProblems(node: EntryNode, at: string, around: Surroundings, bad: Bad, needs: (room: Room) => boolean): void {
  const trigger = triggerOf(node);
  if (!trigger) bad(`${at}.event`, 'is missing; say which event or audience begins the journey');
  if (node.audience !== undefined && around.audiences && !around.audiences.has(node.audience)) bad(`${at}.audience`, 'does not exist');
  if (node.touchpoint && around.touchpoints && !around.touchpoints.has(node.touchpoint)) bad(`${at}.touchpoint`, 'does not exist');
  if (trigger === 'date') needs('traits');
  if (trigger === 'schedule' && node.audience === undefined && !node.rule)
    bad(`${at}.audience`, 'is missing; say for whom: an audience or a rule');
  if (node.schedule?.cron && !comes(node)) bad(`${at}.schedule.cron`, 'names a time that never comes');
  if (node.rule && trigger !== 'date' && trigger !== 'schedule')
    bad(`${at}.rule`, 'is for a date or a schedule; put a branch after this entry instead');
  if (node.key && (trigger === 'date' || trigger === 'schedule'))
    bad(`${at}.key`, 'is a property of an event; a date or a schedule has none');
  if ((node.most ?? 1) > 1 && (node.reentry ?? 'never') === 'never' && !node.key)
    bad(`${at}.reentry`, 'is never, yet several may be inside at once; let people in again');
}

function comes(node: EntryNode): boolean {
  try {
    return nextRun(node, Date.parse('2026-01-01T00:00:00Z'), 'UTC') !== undefined;
  } catch {
    return false;
  }
}

/** A way back needs time to pass, or it would be gone all at once. */
function jumpProblems(graph: Graph, node: JumpNode, at: string, around: Surroundings, bad: Bad): undefined {
  if (!node.to && !node.journey) bad(`${at}.to`, 'is missing; say where it leads: a step of this journey, or another journey');
  if (node.journey && !around.journeys.has(node.journey)) bad(`${at}.journey`, 'does not exist, or is archived');
  if (!node.to || unitsOf(node).length > 0) return;
  const waits = (id: string): boolean => graph.nodes.find((n) => n.id === id)?.type === 'wait';
  const open = waits(node.to) ? [] : [node.to];
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === node.id) return bad(at, 'goes round with no time passing; set a time between two rounds, or put a wait on the way');
    for (const e of graph.edges)
      if (e.from === id && !waits(e.to) && !seen.has(e.to)) {
        seen.add(e.to);
        open.push(e.to);
      }
  }
}
