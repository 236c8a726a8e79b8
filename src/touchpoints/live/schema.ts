import { z } from 'zod';

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, { error: `must have at most ${most} characters` });
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'must be a time of day such as 09:30' });
const no = z.number().int().min(1).max(999);
const list = z.array(no).min(1, { error: 'must name at least one target' }).max(100);

export const targetKinds = ['group', 'staff', 'url', 'oa', 'mini'] as const;
export const strategies = ['turn', 'order', 'weight', 'region'] as const;

/** Members at which a group gives way to the next: scanning stops at 200, and some come in by other ways. */
export const switchAt = 190;

export const target = z
  .object({
    no,
    kind: z.enum(targetKinds),
    name: line(60).min(1, { error: 'must not be empty' }),
    /** Groups behind one join code of WeCom: five at most. */
    chatIds: z.array(line(64).min(1)).min(1).max(5, { error: 'a join code of WeCom leads to at most 5 groups' }).optional(),
    userIds: z.array(line(64).min(1)).min(1).max(100).optional(),
    url: line(2000).optional(),
    /** What the target's own code says, where it is known already. */
    content: line(1200).optional(),
    page: line(128).optional(),
    /** People admitted at most; a group has 190 if nothing is said. */
    cap: z.number().int().min(1).max(1_000_000).nullish(),
    weight: z.number().int().min(0).max(10_000).default(1),
    regions: z.array(line(40).min(1)).max(60).default([]),
    off: z.boolean().default(false),
  })
  .superRefine((t, ctx) => {
    const say = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    if (t.kind === 'url' && !t.url) say('url', 'must be the address to which this target leads');
    if (t.kind === 'group' && !t.chatIds && !t.content) say('chatIds', 'name the groups, or give what the code of the group says');
    if (t.kind === 'staff' && !t.userIds && !t.content) say('userIds', 'name the staff, or give what their code says');
    if (t.kind === 'mini' && !t.page && !t.content) say('page', 'name the page of the mini program');
  });
export type Target = z.output<typeof target>;

const slot = { from: time.default('00:00'), to: time.default('24:00'), targets: list };
export const special = z.object({ first: z.iso.date(), last: z.iso.date(), ...slot });
export const weekly = z.object({ days: z.array(z.number().int().min(1).max(7)).min(1).max(7), ...slot });

export const code = z
  .object({
    strategy: z.enum(strategies).default('order'),
    targets: z.array(target).max(500),
    /** Certain dates come before everything else. */
    special: z.array(special).max(100).default([]),
    /** Hours of the week; 1 is Monday. A slot that ends before it begins goes on past midnight. */
    weekly: z.array(weekly).max(100).default([]),
    /** For all other times; all targets if left out. */
    allDay: z.array(no).max(500).nullish(),
    /** Who takes those for whom nobody has room. */
    standby: no.nullish(),
    /** So many seats before a group is full the next is got ready. */
    lookAhead: z.number().int().min(1).max(190).default(30),
    landing: z
      .object({ title: line(60).default(''), text: line(400).default(''), full: line(200).default('') })
      .default({ title: '', text: '', full: '' }),
  })
  .superRefine((c, ctx) => {
    const numbers = new Set<number>();
    for (const [i, t] of c.targets.entries()) {
      if (numbers.has(t.no)) ctx.addIssue({ code: 'custom', path: ['targets', i, 'no'], message: 'is given twice' });
      numbers.add(t.no);
    }
    const check = (path: (string | number)[], wanted: readonly number[]) => {
      for (const one of wanted) {
        if (!numbers.has(one)) ctx.addIssue({ code: 'custom', path, message: `names target ${one}, which is not among the targets` });
      }
    };
    c.special.forEach((s, i) => {
      check(['special', i, 'targets'], s.targets);
      if (s.last < s.first) ctx.addIssue({ code: 'custom', path: ['special', i, 'last'], message: 'must not be before the first day' });
    });
    c.weekly.forEach((s, i) => {
      check(['weekly', i, 'targets'], s.targets);
    });
    check(['allDay'], c.allDay ?? []);
    if (c.standby != null) check(['standby'], [c.standby]);
  });
export type Code = z.output<typeof code>;

/** How a target stands now. */
export const targetView = z.object({
  no: z.number(),
  kind: z.enum(targetKinds),
  name: z.string(),
  cap: z.number().nullable(),
  taken: z.number(),
  members: z.number(),
  state: z.enum(['pooled', 'ready', 'off']),
  content: z.string().nullable(),
  fault: z.string().nullable(),
});
export type TargetView = z.output<typeof targetView>;

export const codeView = z.object({ code, targets: z.array(targetView) });
export type CodeView = z.output<typeof codeView>;

export const scanBody = z.object({
  /** Who scans, as their platform knows them: sticky places and sibling groups go by it. */
  externalIds: z
    .array(
      z.object({
        type: z.enum(['wechat_unionid', 'wechat_openid', 'wecom_external_userid', 'anonymous_id', 'device_id', 'user_id']),
        id: line(200).min(1),
      }),
    )
    .min(1)
    .max(5),
  region: line(40).optional(),
});
export type ScanBody = z.output<typeof scanBody>;

export const chosen = z.object({
  outcome: z.enum(['target', 'already', 'standby', 'full', 'resting']),
  /** What decided: special dates, hours of the week, or all day. */
  layer: z.enum(['special', 'weekly', 'all_day']).nullable(),
  target: targetView.pick({ no: true, kind: true, name: true, content: true }).nullable(),
  url: z.string().nullable(),
});
export type Chosen = z.output<typeof chosen>;

export const previewBody = z.object({ at: z.iso.datetime({ offset: true }).optional(), region: line(40).optional() });
export const previewAnswer = z.object({
  at: z.string(),
  layer: z.enum(['special', 'weekly', 'all_day']),
  /** In the order in which they would be tried; `share` of those who scan now. */
  targets: z.array(z.object({ no: z.number(), name: z.string(), share: z.number() })),
  /** Those whose turn it is but who are full, off or not ready. */
  dropped: z.array(z.object({ no: z.number(), name: z.string(), why: z.enum(['full', 'off', 'not_ready', 'region']) })),
  standby: z.object({ no: z.number(), name: z.string() }).nullable(),
});
export type Preview = z.output<typeof previewAnswer>;
