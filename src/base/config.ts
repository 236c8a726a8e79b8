import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

const text = z.string().trim().min(1);
const flag = z.enum(['0', '1', 'true', 'false']).transform((v) => v === '1' || v === 'true');
const url = z.url({ error: 'must be a full URL such as https://host/path' });

const hosts = z
  .string()
  .default('')
  .transform((v) =>
    v
      .split(',')
      .map((h) => h.trim())
      .filter(Boolean),
  );

/** Every environment variable that Yutang reads. All are optional. */
const schema = z.object({
  /** Port of the web server. */
  PORT: z.coerce.number().int().min(0).max(65535).default(7100),
  /** Address the web server binds. */
  HOST: text.default('0.0.0.0'),
  /** Folder of everything that is kept: embedded databases, files, generated keys. */
  YUTANG_DATA: text.default('./data'),
  /** An outside PostgreSQL 15+; without it an embedded one is started. */
  DATABASE_URL: text.optional(),
  /** An outside ClickHouse 25.8+; without it an embedded one runs in this process. */
  CLICKHOUSE_URL: text.optional(),
  /** What this process does: web (doors and console), worker (background), all. */
  YUTANG_ROLE: z.enum(['all', 'web', 'worker']).default('all'),
  /** 1: load the demo shop on an empty installation; 0: start empty. */
  YUTANG_DEMO: flag.default(true),
  /** How the outside reaches this server; used in links and callbacks. */
  YUTANG_PUBLIC_URL: url.optional(),
  /** First values for the first workspace; otherwise generated and printed once. */
  YUTANG_ADMIN_EMAIL: z.email().optional(),
  YUTANG_ADMIN_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
  /** At this start, gives the account of this address a new password, printed once: the way back in when the only owner lost theirs. */
  YUTANG_RESET_PASSWORD: z.email().optional(),
  YUTANG_WRITE_KEY: text.optional(),
  YUTANG_API_KEY: text.optional(),
  /** Seals personal data and sessions; generated into the data folder when absent. */
  YUTANG_MASTER_KEY: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  /** Where the platforms are (or a simulator of them). */
  WECOM_BASE_URL: url.optional(),
  WECHAT_BASE_URL: url.default('https://api.weixin.qq.com'),
  WECHATPAY_BASE_URL: url.default('https://api.mch.weixin.qq.com'),
  /** The same for text messages and app push. */
  ALIYUN_SMS_BASE_URL: url.optional(),
  TENCENT_SMS_BASE_URL: url.optional(),
  APNS_BASE_URL: url.optional(),
  FCM_BASE_URL: url.optional(),
  JPUSH_BASE_URL: url.optional(),
  /** Hosts (comma separated, host or host:port) that webhooks may reach although they are internal. */
  YUTANG_WEBHOOK_ALLOW: hosts,
  /** The same for databases that scheduled pulls read from. */
  YUTANG_PULL_ALLOW: hosts,
  /** The same for mail servers. */
  YUTANG_SMTP_ALLOW: hosts,
  /** Log level: trace, debug, info, warn, error, silent. */
  YUTANG_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = z.infer<typeof schema> & { dataDir: string };

/** Reads and checks the environment. Throws one error that names every variable that does not fit. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`);
    throw new Error(`The configuration does not fit:\n${lines.join('\n')}`);
  }
  const dataDir = isAbsolute(parsed.data.YUTANG_DATA) ? parsed.data.YUTANG_DATA : resolve(parsed.data.YUTANG_DATA);
  return { ...parsed.data, dataDir };
}
