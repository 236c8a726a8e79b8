import type * as Insight from '../../insight/index.ts';
import type { Named } from './audiences.ts';
import { get, type Page, post } from './http.ts';
import type { Person } from './people.ts';

/** The question that a number answered, and which number it was: sent back as they came, they give the people behind it. */
export interface PeopleQuestion {
  question: object;
  cell: object;
}

export interface Meta {
  question: object;
  from: string;
  to: string;
  askedAt: string;
  /** People erased since the period began: in no number any more. */
  erased?: number;
  elapsedMs: number;
  enoughPeople: number;
  definitions: Record<string, Named>;
}

export interface Proportion {
  part: number;
  of: number;
  share: number | null;
  low: number | null;
  high: number | null;
  enough: boolean;
}

export interface Figure {
  value: number;
  previous: number | null;
  definition: string;
  question: object;
  cell: object;
}

export type AarrrStage = 'acquisition' | 'activation' | 'retention' | 'revenue' | 'referral';

export interface AarrrRow {
  stage: AarrrStage;
  metric: string;
  carrier: string | null;
  unit: 'people' | 'share' | 'fen' | 'count' | 'ratio';
  value: number | null;
  previous: number | null;
  people: number;
  interval: Proportion | null;
  change: { difference: number; low: number; high: number } | null;
  definition: string;
  cell: object;
}

export interface Aarrr {
  rows: AarrrRow[];
  meta: Meta;
}

export type Move = 'up' | 'down' | 'stay';

export interface LadderFlow {
  rows: { from: string | null; to: string | null; people: number; move: Move; cell: object }[];
  levels: { key: string; name: Named; before: number; after: number; beforeCell: object; cell: object }[];
  up: number;
  down: number;
  stay: number;
  net: number;
  cells: Record<Move, object>;
}

export interface Overview {
  northStar: Figure & { metric: string; up: number; down: number; upCell: object; downCell: object };
  people: Figure;
  newPeople: Figure;
  byCarrier: (Figure & { carrier: string })[];
  growth: { day: string; new: number; total: number; cell: object }[];
  ladder: LadderFlow;
  aarrr: AarrrRow[];
  freshness: {
    lastEventAt: string | null;
    lastReceivedAt: string | null;
    events: number;
    sources: { source: string; lastEventAt: string; events: number }[];
  };
  meta: Meta & { days: number };
}

export type FunnelRow = Insight.FunnelRow;
export type RetentionCell = Insight.RetentionCell;
export type RetentionRow = Insight.RetentionRow;

export const insight = {
  overview: (days: number) => get<Overview>('/insight/overview', { days }),
  aarrr: (question: { from: string; to: string; carrier?: string }) => post<Aarrr>('/insight/aarrr', question),
  ladder: (question: { from: string; to: string }) => post<LadderFlow & { meta: Meta }>('/insight/ladder', question),
  people: (query: PeopleQuestion & { cursor?: string }) => post<Page<Person> & { total?: number }>('/insight/people', query),
};
