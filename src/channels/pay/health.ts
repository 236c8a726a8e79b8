import type { Clock, Pg } from '../../base/index.ts';
import { reactionToPay } from './errors.ts';
import { payConfig } from './schema.ts';
import { UNVERIFIED } from './transfers.ts';

/** How a merchant does, in words with the mend: what stops all comes before what waits. */

export interface Words {
  zh: string;
  en: string;
}

const DAY_MS = 86_400_000;
/** Another merchant can do nothing for a transfer in whatever state it was left. */
const STUCK = `(state = 'held' OR why = 'other_merchant')`;
const bad = (zh: string, en: string) => ({ healthy: false, health: { zh, en } });
const yuan = (fen: number) => (fen / 100).toFixed(2);

export async function payHealth(
  deps: { pg: Pg; clock: Clock; notifyUrl(accountId: string): string | undefined },
  account: { id: string; workspaceNo: number; config: Record<string, unknown> },
): Promise<{ healthy: boolean; health: Words }> {
  const { pg, clock } = deps;
  const config = payConfig.safeParse(account.config);
  if (!config.success) {
    const field = config.error.issues[0]?.path.join('.') ?? '';
    return bad(`设置不完整：请检查 ${field}。`, `The settings are not complete: look at ${field}.`);
  }
  if (config.data.paused) return bad('转账已暂停，打开开关后继续。', 'Transfers are paused; they go on when the switch is set back.');
  const scope = [account.workspaceNo, account.id];
  const [fault] = await pg.query<{ code: string; endpoint: string; trace: string }>(
    'SELECT code, endpoint, trace FROM pay_faults WHERE workspace_no = $1 AND account_id = $2',
    scope,
  );
  if (fault) return named(fault.code, ` (${fault.code}, ${fault.endpoint})${fault.trace ? ` [${fault.trace}]` : ''}`);

  const [sum] = await pg.query<{ held: number; why: string | null; doubt: number; waiting: number; paid: number; fen: number }>(
    `SELECT count(*) FILTER (WHERE ${STUCK})::int AS held, mode() WITHIN GROUP (ORDER BY why) FILTER (WHERE ${STUCK}) AS why,
       count(*) FILTER (WHERE state IN ('calling', 'in_doubt') AND updated_at < $3)::int AS doubt, count(*) FILTER (WHERE state = 'waiting_user')::int AS waiting,
       count(*) FILTER (WHERE state = 'paid' AND ended_at > $4)::int AS paid,
       coalesce(sum(amount_fen) FILTER (WHERE state = 'paid' AND ended_at > $4), 0)::float8 AS fen
     FROM pay_transfers WHERE workspace_no = $1 AND account_id = $2 AND (due_at IS NOT NULL OR ended_at > $4)`,
    [...scope, new Date(clock.ms() - 600_000), new Date(clock.ms() - DAY_MS)],
  );
  const { held, why, doubt, waiting, paid, fen } = sum!;
  if (held > 0) return named(why ?? '', ` (${why}, ×${held})`);
  if (doubt > 0) {
    return bad(
      `${doubt} 笔转账结果未知，正在用原单号查询。请勿换单重发。`,
      `The outcome of ${doubt} transfers is not known yet; they are asked about under the same numbers. Do not pay them another way.`,
    );
  }
  if (!config.data.publicKey) {
    const [certificate] = await pg.query<{ until: Date }>(
      `SELECT expires_at AS until FROM pay_certificates WHERE workspace_no = $1 AND account_id = $2 AND mchid = $3 ORDER BY expires_at DESC LIMIT 1`,
      [...scope, config.data.mchid],
    );
    if (!certificate) {
      return bad(
        '还没有微信支付公钥或平台证书，无法验证应答。到商户平台 → API 安全，下载微信支付公钥并填写（旧商户会自动下载平台证书）。',
        'Neither the public key of WeChat Pay nor a certificate is known, so answers cannot be checked. Copy the public key from the merchant platform → API security (older merchants: the certificate is fetched by itself).',
      );
    }
    if (certificate.until.getTime() < clock.ms() + 10 * DAY_MS)
      return bad(
        '平台证书即将到期，请改用微信支付公钥。',
        'The certificate of the platform ends soon; set the public key of WeChat Pay instead.',
      );
  }
  if (deps.notifyUrl(account.id) === undefined) {
    return bad(
      '通知地址不是 https，微信支付不会推送结果；转账结果改为定时查询。请设置 YUTANG_PUBLIC_URL。',
      'The address for notifications is not https, so WeChat Pay tells nothing; results are asked for from time to time. Set YUTANG_PUBLIC_URL.',
    );
  }
  return {
    healthy: true,
    health: {
      zh: `正常，24 小时内到账 ${paid} 笔共 ${yuan(fen)} 元，${waiting} 笔等用户确认。`,
      en: `Well: ${paid} transfers of ${yuan(fen)} CNY in 24 hours, ${waiting} wait for their receivers.`,
    },
  };
}

function named(code: string, tail: string) {
  const other = { zh: '微信支付拒绝了请求，需要在商户平台处理。', en: 'WeChat Pay refuses; it must be mended in the merchant platform.' };
  const own: Record<string, Words> = { other_merchant: merchantChanged, [UNVERIFIED]: notVerified };
  const words = own[code] ?? reactionToPay(code).words ?? other;
  return bad(words.zh + tail, words.en + tail);
}

const notVerified: Words = {
  zh: '微信支付的应答无法验签：核对微信支付公钥与公钥 ID（或 APIv3 密钥）是否来自同一商户号。',
  en: 'The answers of WeChat Pay cannot be verified: compare its public key with the id of that key (or the APIv3 key), all of the same merchant.',
};
const merchantChanged: Words = {
  zh: '有转账属于之前的商户号，换号后不再发出，以免重复付款。',
  en: 'Some transfers belong to the merchant that was set before; they are not sent from this one, so that nothing is paid twice.',
};
