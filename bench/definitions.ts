const names = [
  'Page Viewed',
  'Product Viewed',
  'Product Clicked',
  'Product Added',
  'Cart Viewed',
  'Checkout Started',
  'Order Completed',
  'Content Viewed',
  'Content Shared',
  'Coupon Issued',
  'Coupon Redeemed',
  'Message Clicked',
  'Group Joined',
  'Friend Added',
  'Video Watched',
  'Search Made',
  'Product Reviewed',
  'Game Joined',
  'Invite Accepted',
  'Order Refunded',
];

export const eventNames: readonly string[] = names;

/** Different rules of the kinds that pools really have: counts, sums, first and last, filters, sequences, combinations. */
export function sampleRules(count: number): object[] {
  return Array.from({ length: count }, (_, i) => {
    const event = names[i % names.length]!;
    const other = names[(i * 7 + 3) % names.length]!;
    const days = [1, 3, 7, 14, 30, 60, 90, 180][i % 8]!;
    switch (i % 5) {
      case 0:
        return { event, within: { days }, count: { op: '>=', value: 1 + (i % 4) } };
      case 1:
        return { all: [{ event, within: { days } }, { not: { event: other, within: { days: days * 2 } } }] };
      case 2:
        return { event: 'Order Completed', within: { days }, sum: { property: 'revenue', op: '>=', value: 50 * (1 + (i % 9)) } };
      case 3:
        return { event, where: [{ property: 'category', op: '=', value: `c${i % 12}` }], within: { days } };
      default:
        return {
          any: [
            { event, last: { olderThan: { days } } },
            { event: other, first: { days } },
          ],
        };
    }
  });
}
