import { beginning } from './templates/beginning.ts';
import type { Template } from './templates/bricks.ts';
import { returning } from './templates/returning.ts';

export type { Language, Making, Template } from './templates/bricks.ts';

/** Journeys ready to be launched, with the content and the coupons that they need. */
export const templates: readonly Template[] = [...beginning, ...returning];
