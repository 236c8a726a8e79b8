import { access } from './texts/access.ts';
import { approval } from './texts/approval.ts';
import { audience } from './texts/audience.ts';
import { common } from './texts/common.ts';
import { content } from './texts/content.ts';
import { coupon } from './texts/coupon.ts';
import { data } from './texts/data.ts';
import { event } from './texts/event.ts';
import { experiment } from './texts/experiment.ts';
import { group } from './texts/group.ts';
import { groupPlan } from './texts/group-plan.ts';
import { health } from './texts/health.ts';
import { heat } from './texts/heat.ts';
import { identity } from './texts/identity.ts';
import { insight } from './texts/insight.ts';
import { journey } from './texts/journey.ts';
import { koc } from './texts/koc.ts';
import { ladder } from './texts/ladder.ts';
import { matching } from './texts/matching.ts';
import { message } from './texts/message.ts';
import { named } from './texts/named.ts';
import { nav } from './texts/nav.ts';
import { overview } from './texts/overview.ts';
import { people } from './texts/people.ts';
import { position } from './texts/position.ts';
import { poster } from './texts/poster.ts';
import { privacy } from './texts/privacy.ts';
import { reach } from './texts/reach.ts';
import { rule } from './texts/rule.ts';
import { sidebar } from './texts/sidebar.ts';
import { sop } from './texts/sop.ts';
import { sources } from './texts/sources.ts';
import { staff } from './texts/staff.ts';
import { suitability } from './texts/suitability.ts';
import { touchpoint } from './texts/touchpoint.ts';
import { value } from './texts/value.ts';

/** Each text stands beside its translation: [中文, English]. */
export type Pair = readonly [zh: string, en: string];
export interface Texts {
  readonly [key: string]: Pair | Texts;
}

export const texts = {
  common,
  nav,
  overview,
  people,
  privacy,
  identity,
  audience,
  rule,
  content,
  coupon,
  journey,
  koc,
  ladder,
  position,
  poster,
  matching,
  suitability,
  message,
  group,
  groupPlan,
  named,
  insight,
  value,
  heat,
  touchpoint,
  reach,
  approval,
  data,
  sidebar,
  sop,
  sources,
  staff,
  health,
  event,
  experiment,
  access,
} satisfies Texts;

export interface Resources {
  [key: string]: string | Resources;
}

const isPair = (value: Pair | Texts): value is Pair => Array.isArray(value);

export function resourcesOf(language: 'zh' | 'en', from: Texts = texts): Resources {
  const out: Resources = {};
  for (const [key, value] of Object.entries(from))
    out[key] = isPair(value) ? value[language === 'zh' ? 0 : 1] : resourcesOf(language, value);
  return out;
}
