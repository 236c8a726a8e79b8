import type { Graph } from '../api/journeys.ts';

/** Ways to go on with people who came in by a door. */
const DOOR_STARTERS = ['group_coupon_order', 'group_content_app'] as const;
type DoorStarter = (typeof DOOR_STARTERS)[number];
export const isDoorStarter = (key: string | undefined): key is DoorStarter => DOOR_STARTERS.some((one) => one === key);

/** What a person does, gets and becomes after this door: coupon and first order, or content, app and invitations. */
export function doorGraph(key: DoorStarter, touchpointId: string): Graph {
  const coupon = key === 'group_coupon_order';
  return {
    nodes: [
      {
        id: 'entry',
        type: 'entry',
        event: 'Touchpoint Entered',
        where: [
          { property: 'touchpointId', op: '=', value: touchpointId },
          { property: 'via', op: 'in', value: ['friend', 'group'] },
        ],
        reentry: 'never',
      },
      { id: 'send-1', type: 'send', channel: 'wecom' },
      { id: 'wait-1', type: 'wait', days: 1 },
      {
        id: 'branch-1',
        type: 'branch',
        branches: [
          coupon
            ? { key: 'a', name: '已下单', rule: { event: 'Order Completed', within: { days: 1 } } }
            : { key: 'a', name: '已装 App', rule: { event: 'Application Installed' } },
        ],
      },
      { id: 'send-2', type: 'send', channel: 'wecom' },
      ...(coupon ? [] : [{ id: 'send-3', type: 'send' as const, channel: 'wecom' as const }]),
      { id: 'exit-1', type: 'exit' },
      { id: 'goal-1', type: 'goal', event: coupon ? 'Order Completed' : 'Invite Accepted', withinDays: coupon ? 7 : 14 },
    ],
    edges: [
      { from: 'entry', to: 'send-1' },
      { from: 'send-1', to: 'wait-1' },
      { from: 'wait-1', to: 'branch-1' },
      { from: 'branch-1', to: coupon ? 'exit-1' : 'send-3', branch: 'a' },
      { from: 'branch-1', to: 'send-2', branch: 'else' },
      { from: 'send-2', to: 'exit-1' },
      ...(coupon ? [] : [{ from: 'send-3', to: 'exit-1' }]),
    ],
  };
}
