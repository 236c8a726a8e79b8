import { z } from 'zod';
import { notFound } from '../../base/index.ts';
import { addDays, localDay } from '../../channels/index.ts';
import { usualChannels } from '../from-template.ts';
import type { Plans } from '../plans.ts';
import { type Deps, zoneOf } from '../ports.ts';
import type { Language } from '../templates.ts';
import { readCalendar } from './calendar.ts';
import { listSops } from './list.ts';
import { createMomentPlans, type MomentPlans } from './moments.ts';
import { createPersonSops, type Definitions } from './persons.ts';
import { momentPlanChange, newMomentPlan, type SopCalendar, type SopCalendarQuery, type SopList, type TemplateMade } from './schema.ts';
import { type SopTemplate, sopTemplates } from './templates.ts';

/** Calendars of what goes out when, to persons, groups and in moments: views of journeys, of plans of groups and of planned moments. */
export interface Sops {
  persons: ReturnType<typeof createPersonSops>;
  moments: MomentPlans;
  list(workspaceNo: number): Promise<SopList>;
  calendar(workspaceNo: number, query: SopCalendarQuery): Promise<SopCalendar>;
  templates(): readonly SopTemplate[];
  /** A draft; moments from a day on. */
  fromTemplate(
    workspaceNo: number,
    key: string,
    ask: { language: Language; channel?: string; from?: string; by: string },
  ): Promise<TemplateMade>;
}

/** What is planned for many waits for another member when it is planned, a whole month at once; in its time it goes by itself. */
const momentsAsk = z.union([
  z.object({ add: newMomentPlan }),
  z.object({ change: momentPlanChange, id: z.string().max(64) }),
  z.object({ template: z.string().max(64), language: z.enum(['zh', 'en']), from: z.string().max(10).optional() }),
]);
type MomentsAsk = z.output<typeof momentsAsk>;

export function createSops(deps: Deps, plans: Plans, definitions: Definitions): Sops {
  const persons = createPersonSops(deps, definitions);
  const moments = createMomentPlans(deps);
  const { approvals, staff } = deps.channels;
  const pass = (workspaceNo: number, ask: MomentsAsk) => approvals.pass(workspaceNo, 'sop.moments', '', ask);
  approvals.define('sop.moments', {
    permission: 'messages.write',
    ask: momentsAsk,
    weigh: async (workspaceNo, _subject, ask) => {
      const was = 'change' in ask ? await moments.get(workspaceNo, ask.id) : null;
      const plan = 'add' in ask ? ask.add : 'change' in ask ? { ...was, ...ask.change } : null;
      const template = 'template' in ask ? sopTemplates.find((one) => one.key === ask.template)?.name[ask.language] : undefined;
      return {
        name: template ?? plan?.series ?? '',
        people: await staff.moments.customers(workspaceNo, plan?.staff),
        print: was && { ...was, text: null },
      };
    },
    act: (workspaceNo, _subject, ask, { name: by }) =>
      'add' in ask
        ? moments.add(workspaceNo, ask.add, by)
        : 'change' in ask
          ? moments.change(workspaceNo, ask.id, ask.change)
          : fromTemplate(workspaceNo, ask.template, { ...ask, by }),
  });
  const fromTemplate: Sops['fromTemplate'] = async (workspaceNo, key, { language, channel, from, by }) => {
    const template = sopTemplates.find((one) => one.key === key);
    if (!template) throw notFound('Template');
    const name = template.name[language];
    if (template.kind === 'person') {
      const over = channel ?? (await usualChannels(deps, workspaceNo)).first;
      const rows = template.rows.map(({ text, name: said, ...row }) => ({
        ...row,
        name: said[language],
        channel: over,
        text: text[language],
      }));
      const { id } = await persons.add(workspaceNo, { name, purpose: template.purpose, entry: template.entry, rows });
      return { kind: 'person', id };
    }
    if (template.kind === 'group') {
      const steps = template.rows.map(({ text, name: said, when }, i) => ({
        id: `s${i + 1}`,
        name: said[language],
        when,
        text: text[language],
      }));
      // For groups that there are, where there are any; whoever looks it through may say for others.
      const { purposes } = await deps.channels.groupPlans.plans.list(workspaceNo);
      const purpose = purposes[0]?.purpose ?? template.purpose[language];
      const { id } = await deps.channels.groupPlans.plans.add(workspaceNo, { name, purpose, steps, reminders: 2, remindAfter: 60 }, by);
      return { kind: 'group', id };
    }
    const first = from ?? addDays(localDay(deps.clock.ms(), await zoneOf(deps, workspaceNo)), 1);
    for (const row of template.rows)
      await moments.add(workspaceNo, { day: addDays(first, row.day), at: row.at, text: row.text[language], series: name }, by);
    return { kind: 'moment', id: name };
  };
  return {
    persons,
    moments: {
      ...moments,
      add: async (workspaceNo, plan, by) => {
        await pass(workspaceNo, { add: plan });
        return moments.add(workspaceNo, plan, by);
      },
      change: async (workspaceNo, id, change) => {
        await pass(workspaceNo, { change, id });
        return moments.change(workspaceNo, id, change);
      },
    },
    list: (workspaceNo) => listSops(deps, workspaceNo),
    calendar: (workspaceNo, query) => readCalendar(deps, plans, moments, workspaceNo, query),
    templates: () => sopTemplates,
    fromTemplate: async (workspaceNo, key, ask) => {
      if (sopTemplates.find((one) => one.key === key)?.kind === 'moment')
        await pass(workspaceNo, { template: key, language: ask.language, from: ask.from });
      return fromTemplate(workspaceNo, key, ask);
    },
  };
}
