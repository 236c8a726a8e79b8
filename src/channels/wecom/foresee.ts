import type { Pg } from '../../base/index.ts';
import type { WecomAccount } from './account.ts';

/** Who is no friend of anybody any more, as far as is known; of whom nothing is known, the platform is asked when it comes to it. */
export async function noFriends(pg: Pg, account: WecomAccount, addresses: readonly string[]): Promise<Map<string, string>> {
  const rows = await pg.query<{ address: string }>(
    `SELECT a.address FROM unnest($3::text[]) AS a (address)
     JOIN wecom_friends f ON f.workspace_no = $1 AND f.corp_id = $2 AND f.external_userid = substr(a.address, length($2) + 2)
     GROUP BY a.address HAVING bool_and(f.ended_at IS NOT NULL)`,
    [account.workspaceNo, account.config.corpId, addresses],
  );
  return new Map(rows.map(({ address }) => [address, 'not_a_friend']));
}
