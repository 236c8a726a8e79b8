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
import type { SopCalendar, SopCalendarQuery, SopList, TemplateMade } from './schema.ts';
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

export function createSops(deps: Deps, plans: Plans, definitions: Definitions): Sops {
  const persons = createPersonSops(deps, definitions);
  const moments = createMomentPlans(deps);
  return {
    persons,
    moments,
    list: (workspaceNo) => listSops(deps, workspaceNo),
    calendar: (workspaceNo, query) => readCalendar(deps, plans, moments, workspaceNo, query),
    templates: () => sopTemplates,
    fromTemplate: async (workspaceNo, key, { language, channel, from, by }) => {
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
    },
  };
}
