import type { CouponNode, GroupNode, TagNode } from './graph.ts';
import { lapOf } from './pass.ts';
import type { Walker, Walking } from './walking.ts';

/**
 * What a step does in another room, for all who stand at it. It may be done again after a stop, with the same keys: so it is done once.
 */
export async function act(walking: Walking, node: TagNode | CouponNode | GroupNode, here: Walker[]): Promise<void> {
  switch (node.type) {
    case 'tag':
      return giveTag(walking, node, here);
    case 'coupon':
      return issueCoupons(walking, node, here);
    default:
      return invite(walking, node, here);
  }
}

async function giveTag(walking: Walking, node: TagNode, here: Walker[]): Promise<void> {
  const { deps, workspaceNo } = walking.world;
  const passes = new Map(here.map((w) => [w.pass.personNo, w]));
  await deps.tags!.give(workspaceNo, [...passes.keys()], {
    key: (node.add ?? node.remove)!,
    remove: node.remove !== undefined && node.remove !== null,
    value: node.value ?? undefined,
    id: (no) => `journey:${passes.get(no)!.pass.no}:tag:${node.id}:${lapOf(passes.get(no)!.data)}`,
  });
  for (const w of here) walking.leave(w, node.id);
}

async function issueCoupons(walking: Walking, node: CouponNode, here: Walker[]): Promise<void> {
  const { deps, workspaceNo, plan } = walking.world;
  // The same person has another key each time they come by.
  for (const [turn, list] of Map.groupBy(here, (w) => `${w.pass.entryNo}:${lapOf(w.data)}`)) {
    const issued = await deps.coupons!.issue(workspaceNo, {
      couponId: node.couponId!,
      people: list.map((w) => w.pass.personNo),
      key: `journey:${plan.journeyId}:${plan.version}:${node.id}:${turn}`,
      cause: { journeyId: plan.journeyId, nodeId: node.id },
    });
    for (const w of list) {
      const one = issued.get(w.pass.personNo);
      if (one && 'code' in one) w.data = { ...w.data, coupon: { code: one.code, issueId: one.issueId } };
      walking.take(w, node.id, one && 'code' in one ? 'issued' : 'refused', 'turn');
    }
  }
}

async function invite(walking: Walking, node: GroupNode, here: Walker[]): Promise<void> {
  const { deps, workspaceNo } = walking.world;
  const group = await deps.groups!.invitation(workspaceNo, node.touchpointId!);
  if (group) {
    for (const w of here) w.data = { ...w.data, group };
    walking.send(node.id, node.channel, node.contentId!, here);
  }
  for (const w of here) walking.leave(w, node.id);
}
