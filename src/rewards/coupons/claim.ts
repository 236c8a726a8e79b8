import type { Deps } from '../ports.ts';
import { readCode } from './codes.ts';
import type { Given, Issue } from './issue.ts';

export interface ClaimAsk {
  couponId: string;
  personNo: number;
  /** The same for every try of one wish: pressed twice it is given once. */
  key: string;
  touchpointId?: string;
}

interface Waiting {
  ask: ClaimAsk;
  done: PromiseWithResolvers<Given>;
}

/** At most so many at once, so that nobody waits long. */
const atOnce = 1_000;

/**
 * What people claim themselves. All who come while one set is being written make the next: ten thousand at the same moment are a few dozen statements,
 * and none waits for a lock of another.
 */
export function createClaims(deps: Deps, issue: Issue) {
  const lines = new Map<string, Waiting[]>();

  const serve = async (workspaceNo: number, line: string): Promise<void> => {
    for (let waiting = lines.get(line)!; waiting.length > 0; ) {
      const set = waiting.splice(0, atOnce);
      const [{ ask }] = set as [Waiting];
      await issue
        .issueSet(workspaceNo, {
          couponId: ask.couponId,
          wanted: set.map((w) => ({ personNo: w.ask.personNo, key: w.ask.key })),
          cause: ask.touchpointId === undefined ? {} : { touchpointId: ask.touchpointId },
          how: 'claimed',
        })
        .then(
          (answers) => {
            for (const [i, w] of set.entries()) w.done.resolve(answers[i]!);
          },
          (error: unknown) => {
            for (const w of set) w.done.reject(error);
          },
        );
    }
    lines.delete(line);
  };

  const claim = (workspaceNo: number, ask: ClaimAsk): Promise<Given> => {
    const line = `${workspaceNo} ${ask.couponId} ${ask.touchpointId ?? ''}`;
    const done = Promise.withResolvers<Given>();
    const waiting = lines.get(line);
    if (waiting) waiting.push({ ask, done });
    else {
      lines.set(line, [{ ask, done }]);
      void serve(workspaceNo, line);
    }
    return done.promise;
  };

  return {
    claim,
    /** By what was typed: a coupon's word, or a code of the shop's that nobody has yet. Undefined: neither. */
    byWord: async (
      workspaceNo: number,
      personNo: number,
      typed: string,
      key: string,
    ): Promise<(Given & { couponId: string }) | undefined> => {
      const word = typed.trim();
      const [coupon] = await deps.pg.query<{ id: string }>(
        "SELECT id FROM coupons WHERE workspace_no = $1 AND lower(word) = lower($2) AND state IN ('live', 'paused')",
        [workspaceNo, word],
      );
      if (coupon) return { ...(await claim(workspaceNo, { couponId: coupon.id, personNo, key })), couponId: coupon.id };
      const code = readCode(word);
      const [pooled] = await deps.pg.query<{ id: string }>(
        `SELECT c.id FROM coupon_codes p JOIN coupons c ON c.no = p.coupon_no WHERE p.workspace_no = $1 AND p.code = $2
           AND (p.taken_at IS NULL OR EXISTS (SELECT FROM coupon_issues i WHERE i.workspace_no = $1 AND i.code = $2 AND i.person_no = $3))`,
        [workspaceNo, code, personNo],
      );
      if (!pooled) return undefined;
      const wanted = [{ personNo, key: `code:${code}` }];
      const [given] = await issue.issueSet(workspaceNo, { couponId: pooled.id, wanted, cause: {}, how: 'claimed', code });
      return { ...given!, couponId: pooled.id };
    },
  };
}
export type Claims = ReturnType<typeof createClaims>;
