import type { Jobs, Pg } from '../../base/index.ts';
import type { OwnEvent } from '../../events/index.ts';
import type { InsightDeps } from '../deps.ts';

/** What value and heat need beyond the events; the composition root connects it. */
export interface ModelDeps extends InsightDeps {
  pg: Pg;
  jobs: Pick<Jobs, 'define' | 'start'>;
  /** SQL of `person_no, level, tier` of everyone in the pool, now. */
  standing(workspaceNo: number): Promise<{ sql: string }>;
  /** Who ids stand for that events name: of people, or of users as the shop knows them. */
  named(workspaceNo: number, ids: readonly string[]): Promise<Map<string, number>>;
  /** SQL after FROM of the workspace's products: `product_id`, `cost_fen` (NULL where it is not known). */
  products(workspaceNo: number): string;
  /** Events that we write ourselves; a repeat of a message id changes nothing. */
  write(workspaceNo: number, items: OwnEvent[]): Promise<unknown>;
  /** The zone in which the days of a workspace begin. */
  zone(workspaceNo: number): Promise<string>;
}
