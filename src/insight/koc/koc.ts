import type { Rule } from '../../audience/index.ts';
import type { Asker } from '../deps.ts';
import { remember } from '../position/remember.ts';
import { type KocBoard, kocBoard } from './board.ts';
import type { KocDeps } from './deps.ts';
import { recomputeRanks } from './ranks.ts';
import type { KocSettings } from './schema.ts';
import { type KocStated, readSettings, saveSettings, workspacesWithRanks } from './settings.ts';

export const RANKS = 'koc.ranks';

/** Who speaks for the brand, who will, and the path on which one becomes so. */
export interface Koc {
  settings(workspaceNo: number): Promise<KocStated>;
  /** Earlier versions stay; ranks are worked out anew. */
  state(workspaceNo: number, actor: string, settings: KocSettings): Promise<KocStated>;
  board(asker: Asker): Promise<KocBoard>;
  recompute(workspaceNo: number): Promise<{ id: string }>;
  /** Ranks change as time goes by: works them out where there is a path. */
  daily(): Promise<void>;
}

export function createKoc(deps: KocDeps): Koc {
  const { pg, clock, jobs } = deps;
  const again = remember(clock, 60_000);
  jobs.define(RANKS, async ({ workspaceNo }) => {
    const { settings, version } = await readSettings(pg, workspaceNo);
    return recomputeRanks(deps, workspaceNo, settings.ranks, version);
  });
  const recompute = (workspaceNo: number) => jobs.start(workspaceNo, RANKS, {}, { key: 'all' });
  return {
    settings: (workspaceNo) => readSettings(pg, workspaceNo),
    state: async (workspaceNo, actor, settings) => {
      const rules = settings.ranks.flatMap((r) => r.tasks.map((t) => t.rule as Rule));
      await deps.check(workspaceNo, rules);
      const kept = await deps.keep(workspaceNo, rules);
      let next = 0;
      const ranks = settings.ranks.map((r) => ({ ...r, tasks: r.tasks.map((t) => ({ ...t, rule: kept[next++] })) }));
      const saved = await saveSettings(pg, clock, workspaceNo, actor, { ...settings, ranks });
      await recompute(workspaceNo);
      return saved;
    },
    board: async (asker) => {
      const { settings, version } = await readSettings(pg, asker.workspaceNo);
      return again(`${asker.workspaceNo} ${version}`, () => kocBoard(deps, asker, settings));
    },
    recompute,
    daily: async () => {
      for (const workspaceNo of await workspacesWithRanks(pg)) await recompute(workspaceNo);
    },
  };
}
