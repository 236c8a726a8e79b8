import { act } from './act.ts';
import { banditShares } from './bandit.ts';
import { holdsOfEntry } from './entry-data.ts';
import { type JourneyNode, otherwise, type SendNode, spanMs, type WindowNode } from './graph.ts';
import { lapOf, type Pass } from './pass.ts';
import { splitBranch } from './plan.ts';
import { checkUntil } from './until.ts';
import { came, type Walked, type Walker, Walking, type World } from './walking.ts';
import { Way } from './way.ts';
import { opensAt, waitEnds } from './window.ts';

/**
 * Moves a whole set of people from where they stand through all that takes no time, until everyone waits or has left. A branch asks all its rules
 * once for all who reach it. `begin`: what they did before, at the same moment; `entering`: they come in now.
 */
export async function walk(world: World, passes: readonly Pass[], begin = new Way(), entering = false): Promise<Walked> {
  const walking = new Walking(world);
  const walker = (pass: Pass): Walker => ({ pass, branch: pass.branch, data: pass.data, way: begin, from: pass.node, by: undefined });
  for (const [id, here] of Map.groupBy(passes, (p) => p.node)) {
    const node = world.plan.node(id)!;
    for (const pass of here) if (pass.arrives) walking.to(walker(pass), id);
    await moveOn(walking, node, here.filter((p) => !p.arrives).map(walker));
  }
  for (let at = walking.next(); at; at = walking.next()) await reach(walking, at[0], at[1], entering);
  return walking.out;
}

/** What becomes of those who have stood at a node and are due. */
async function moveOn(walking: Walking, node: JourneyNode, here: Walker[]): Promise<void> {
  if (here.length === 0) return;
  switch (node.type) {
    case 'until':
      return checkUntil(walking, node, here);
    case 'window': {
      const opens = opensAt(node, walking.world.now.getTime(), walking.world.zone);
      for (const w of here) {
        if (opens === undefined) walking.leave(w, node.id);
        else walking.stay(w, new Date(opens));
      }
      return;
    }
    case 'tag':
    case 'coupon':
    case 'group':
      return act(walking, node, here);
    case 'jump':
      for (const w of here) walking.jump(w, node);
      return;
    default:
      for (const w of here) walking.leave(w, node.id);
  }
}

/** What becomes of those who have come to a node. */
async function reach(walking: Walking, node: JourneyNode, here: Walker[], entering: boolean): Promise<void> {
  const { plan, now, deps, workspaceNo } = walking.world;
  const seed = `${plan.journeyId}:${node.id}`;
  switch (node.type) {
    case 'wait': {
      const endOf = waitEnds(node, now.getTime(), walking.world.zone);
      for (const w of here) {
        walking.arrive(w, node.id);
        const end = endOf(w.pass.enteredAt);
        if (end > now.getTime()) walking.stand(w, node.id, new Date(end));
        else walking.leave(w, node.id);
      }
      return;
    }
    case 'until': {
      const until = new Date(now.getTime() + spanMs(node));
      for (const w of here) {
        walking.arrive(w, node.id);
        // Of who comes in, what happened since the entry's event counts: it may have landed already, so it is asked for at once.
        const first = entering && lapOf(w.data) === 0;
        walking.stand(w, node.id, first || node.rule ? now : until, { since: first ? null : now, until });
      }
      return;
    }
    case 'window':
      return reachWindow(walking, node, here);
    case 'tag':
    case 'coupon':
    case 'group':
      // Done by who is inside for good: a pass that is let in anew after a stop has another number.
      for (const w of here) {
        walking.arrive(w, node.id);
        walking.stand(w, node.id, now);
      }
      return;
    case 'task':
    case 'webhook':
      for (const w of here) {
        walking.out.calls.push({ node: node.id, passNo: w.pass.no, lap: lapOf(w.data) });
        walking.arrive(w, node.id);
        walking.leave(w, node.id);
      }
      return;
    case 'jump':
      for (const w of here) {
        walking.arrive(w, node.id);
        walking.jump(w, node);
      }
      return;
    case 'branch': {
      const asked = node.branches.filter((b) => b.rule !== undefined && b.rule !== null);
      const people = [...new Set(here.map((w) => w.pass.personNo))];
      const holds =
        asked.length === 0
          ? undefined
          : await deps.audience.which(
              workspaceNo,
              asked.map((b) => b.rule),
              people,
            );
      const truths = new Map(node.branches.map((b) => [b.key, asked.indexOf(b)]));
      // Of several that hold, the first counts.
      for (const w of here) {
        const found = node.branches.find((b) => {
          const at = truths.get(b.key)!;
          return (at < 0 || holds?.get(w.pass.personNo)?.[at] === true) && holdsOfEntry(w.data?.entry, b.entry);
        });
        walking.take(w, node.id, found?.key ?? otherwise);
      }
      return;
    }
    case 'split':
      for (const w of here) walking.take(w, node.id, splitBranch(seed, w.pass.personNo, node.branches));
      return;
    case 'holdout': {
      const parts = [
        { key: 'held', weight: node.percent },
        { key: 'go', weight: 100 - node.percent },
      ];
      for (const w of here) walking.take(w, node.id, splitBranch(seed, w.pass.personNo, parts));
      return;
    }
    case 'bandit': {
      const shares = await banditShares(deps, plan, node, now);
      for (const w of here) walking.take(w, node.id, splitBranch(`${seed}:${w.pass.entryNo}:${lapOf(w.data)}`, w.pass.personNo, shares));
      return;
    }
    case 'send':
      return reachSend(walking, node, here);
    case 'exit':
      for (const w of here) {
        w.way = w.way.and({ node: node.id, kind: 'exit', reason: 'completed', ...came(w) });
        walking.stand(w, node.id, null, { reason: 'completed' });
      }
      return;
    default:
      for (const w of here) {
        walking.arrive(w, node.id);
        walking.leave(w, node.id);
      }
  }
}

function reachWindow(walking: Walking, node: WindowNode, here: Walker[]): void {
  const { now, zone } = walking.world;
  const opens = opensAt(node, now.getTime(), zone);
  for (const w of here) {
    walking.arrive(w, node.id);
    if (opens === undefined) walking.leave(w, node.id);
    else walking.stand(w, node.id, new Date(opens));
  }
}

async function reachSend(walking: Walking, node: SendNode, here: Walker[]): Promise<void> {
  const fits = node.contentId === 'auto' ? await picked(walking, node, here) : undefined;
  if (!fits) walking.send(node.id, node.channel, node.contentId!, here);
  else
    for (const [contentId, list] of Map.groupBy(
      here.filter((w) => fits.has(w)),
      (w) => fits.get(w)!,
    ))
      walking.send(node.id, node.channel, contentId, list);
  for (const w of here) {
    walking.arrive(w, node.id, fits && !fits.has(w) ? 'nothing_fits' : undefined);
    walking.leave(w, node.id);
  }
}

/** What fits each best; whom nothing fits gets nothing. */
async function picked(walking: Walking, node: SendNode, here: Walker[]): Promise<Map<Walker, string>> {
  const { deps, workspaceNo, plan, now } = walking.world;
  const found = new Map<Walker, string>();
  for (const [lap, list] of Map.groupBy(here, (w) => lapOf(w.data))) {
    const key = `${plan.journeyId}:${plan.version}:${node.id}:${lap}`;
    const people = [...new Set(list.map((w) => w.pass.personNo))];
    const fits = await deps.matching!.pick(workspaceNo, { people, among: node.among, channel: node.channel, at: now, key });
    for (const w of list) {
      const one = fits.get(w.pass.personNo);
      if (one && 'contentId' in one) found.set(w, one.contentId);
    }
  }
  return found;
}
