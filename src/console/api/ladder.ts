import type { DwellRow, Meta, MovesRow } from '../../insight/index.ts';
import { post } from './http.ts';
import type { Meta as FlowMeta, LadderFlow } from './insight.ts';

export type { DwellRow, MovesRow } from '../../insight/index.ts';

/** Levels of the ladder, stages of life, tiers of value. */
export const STANDINGS = ['level', 'stage', 'tier'] as const;
export type Standing = (typeof STANDINGS)[number];
export type MovesBy = 'event' | 'content' | 'journey';

interface Asked {
  from: string;
  to: string;
  of: Standing;
}
export interface MovesAsked extends Asked {
  move: 'up' | 'down' | 'any';
  fromLevel?: string;
  toLevel?: string;
  days: number;
  by: MovesBy;
}
export interface Dwell {
  rows: DwellRow[];
  meta: Meta & { everyDays: number };
}
export interface Moves {
  rows: MovesRow[];
  moved: number;
  movedCell: object;
  stayed: number;
  stayedCell: object;
  meta: Meta & { everyDays: number };
}

export const ladder = {
  flow: (question: Asked) => post<LadderFlow & { meta: FlowMeta }>('/insight/ladder', question),
  dwell: (question: Asked) => post<Dwell>('/insight/dwell', question),
  moves: (question: MovesAsked) => post<Moves>('/insight/moves', question),
};
