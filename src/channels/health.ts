import type { Accounts, AccountView } from './accounts.ts';
import { mendOf } from './mends.ts';
import type { Deps } from './ports.ts';

export interface Health {
  healthy: boolean;
  health: { zh: string; en: string };
}

const hourMs = 3_600_000;

export const notSetUp: Health = {
  healthy: false,
  health: { zh: '尚未配置：填写设置后即可使用。', en: 'Not set up yet: fill in the settings to use it.' },
};

/** How a channel has done in the last day, in words with the mend. */
export async function channelHealth(
  deps: Deps,
  workspaceNo: number,
  kind: string,
  account: AccountView | undefined,
  accounts: Pick<Accounts, 'all'>,
): Promise<Health> {
  if (!account) return notSetUp;
  // What the platform refuses altogether comes before how single messages fared.
  const adapter = deps.adapters.find((one) => one.kind === kind);
  const whole = adapter?.faults ? (await accounts.all(workspaceNo)).find((one) => one.kind === kind) : undefined;
  const [fault, ...more] = (whole && (await adapter?.faults?.(whole))) ?? [];
  if (fault) {
    const words = mendOf(kind, fault);
    const others = more.length > 0 ? [`另有 ${more.length} 项。`, ` And ${more.length} more.`] : ['', ''];
    return { healthy: false, health: { zh: words.zh + others[0], en: words.en + others[1] } };
  }
  const [row] = await deps.pg.query<{ failed: number; sent: number; waiting: number; reason: string | null }>(
    `SELECT count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'sent') AS sent,
       count(*) FILTER (WHERE state = 'queued' AND attempts > 0) AS waiting, mode() WITHIN GROUP (ORDER BY reason) FILTER (WHERE state = 'failed') AS reason
     FROM outbox WHERE workspace_no = $1 AND channel = $2 AND queued_at > $3`,
    [workspaceNo, kind, new Date(deps.clock.ms() - 24 * hourMs)],
  );
  const { failed, sent, waiting, reason } = row!;
  if (failed > 0 && failed >= sent / 10) {
    return {
      healthy: false,
      health: {
        zh: `24 小时内失败 ${failed} 条，主要原因：${reason}。请检查设置。`,
        en: `${failed} failed in 24 hours, mostly: ${reason}. Check the settings.`,
      },
    };
  }
  if (waiting > 0 && sent === 0) {
    return {
      healthy: false,
      health: { zh: `对方暂时不可达，${waiting} 条等待重试。`, en: `Out of reach for now; ${waiting} wait to be tried again.` },
    };
  }
  return { healthy: true, health: { zh: `正常，24 小时内发送 ${sent} 条。`, en: `Well: ${sent} sent in 24 hours.` } };
}
