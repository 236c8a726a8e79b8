import type { Clock, Pg } from '../../base/index.ts';
import type { Limits } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import type { WechatAccount } from './account.ts';

/** How many templates may still go today, and when the next day begins. */
export interface Templates {
  left: number;
  until: Date;
}

/**
 * Counts what an account has left of its day. Batches that are on their way at the same time take from one count, which is looked up when the first of
 * them begins; what goes out meanwhile in another process is the platform's to count.
 */
export function createTemplates({ pg, clock, limits }: { pg: Pg; clock: Clock; limits: (workspaceNo: number) => Promise<Limits> }) {
  const underWay = new Map<string, { count: Promise<Templates>; batches: number }>();

  const count = async (account: WechatAccount, { most, from, to }: ReturnType<typeof allowance>): Promise<Templates> => {
    const [row] = await pg.query<{ n: number }>(
      `SELECT count(*) AS n FROM wechat_sends WHERE workspace_no = $1 AND account_id = $2 AND how = 'template' AND at >= $3`,
      [account.workspaceNo, account.id, from],
    );
    return { left: most - (row?.n ?? 0), until: to };
  };

  return async <T>(account: WechatAccount, work: (templates: Templates) => Promise<T>): Promise<T> => {
    if (!account.config.template) return work({ left: 0, until: clock.now() });
    const day = allowance((await limits(account.workspaceNo)).get('official.template.perDay'), clock.ms());
    const key = `${account.id} ${day.from.getTime()}`;
    const mine = underWay.get(key) ?? { count: count(account, day), batches: 0 };
    underWay.set(key, mine);
    mine.batches += 1;
    try {
      return await work(await mine.count);
    } finally {
      mine.batches -= 1;
      if (mine.batches === 0) underWay.delete(key);
    }
  };
}
