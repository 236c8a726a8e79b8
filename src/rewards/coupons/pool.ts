import { badInput, problem } from '../../base/index.ts';
import type { Deps } from '../ports.ts';
import { readCode } from './codes.ts';
import { couponRow } from './definitions.ts';

const most = 500_000;

/** Takes in codes that the brand's shop made, one a line or the first column of a CSV; those that are known already change nothing. */
export async function addCodes(
  deps: Deps,
  workspaceNo: number,
  id: string,
  text: string,
): Promise<{ added: number; known: number; unread: number }> {
  const coupon = await couponRow(deps.pg, workspaceNo, id);
  if (coupon.codes !== 'pool')
    throw problem(409, 'This coupon makes its codes itself', { detail: 'Make a coupon that takes codes from a list.' });
  const lines = text.split(/\r?\n/).map((line) =>
    line
      .split(/[,;\t]/)[0]!
      .replace(/^["'\uFEFF]+|["']+$/g, '')
      .trim(),
  );
  const filled = lines.filter((line, i) => line !== '' && !(i === 0 && /^(code|券码|优惠码|兑换码)$/i.test(line)));
  const codes = [...new Set(filled.filter((line) => /^[\w-]{4,64}$/.test(line)).map(readCode))];
  if (codes.length === 0) throw badInput([{ field: 'file', reason: 'holds no code: one a line, of 4 to 64 letters, digits and dashes' }]);
  if (codes.length > most) throw badInput([{ field: 'file', reason: `holds more than ${most} codes; send it in parts` }]);
  const rows = await deps.pg.query<{ n: number }>(
    `WITH added AS (
       INSERT INTO coupon_codes (workspace_no, coupon_no, code) SELECT $1, $2, c FROM unnest($3::text[]) AS c
       WHERE NOT EXISTS (SELECT FROM coupon_issues i WHERE i.workspace_no = $1 AND i.code = c) ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*) AS n FROM added`,
    [workspaceNo, coupon.no, codes],
  );
  const added = rows[0]!.n;
  return { added, known: codes.length - added, unread: filled.length - filled.filter((line) => /^[\w-]{4,64}$/.test(line)).length };
}
