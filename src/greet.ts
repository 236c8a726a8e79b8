import type { FirstRun } from './access/index.ts';
import type { Config } from './base/index.ts';

/** Prints where the console is and, the first time, with what to sign in. Secrets made up here are shown this once. */
export function greet(config: Config, first: FirstRun, reset?: string): void {
  const url = config.YUTANG_PUBLIC_URL ?? `http://localhost:${config.PORT}`;
  const lines = ['', '  鱼塘 Yutang', `  控制台 Console    ${url}`];
  if (first.first) {
    const { generated } = first;
    lines.push(`  账号 Sign in      ${generated.email ?? config.YUTANG_ADMIN_EMAIL}`);
    lines.push(`  密码 Password     ${generated.password ?? '(YUTANG_ADMIN_PASSWORD)'}`);
    if (generated.writeKey) lines.push(`  写入密钥 Write key ${generated.writeKey}`);
    if (generated.apiKey) lines.push(`  接口密钥 API key   ${generated.apiKey}`);
    lines.push('  以上内容只显示一次，请妥善保存。Shown once: keep them.');
  }
  if (reset)
    lines.push(
      `  新密码 New password ${reset} (${config.YUTANG_RESET_PASSWORD})`,
      '  去掉 YUTANG_RESET_PASSWORD 再启动。Start without it from now on.',
    );
  lines.push('');
  process.stdout.write(`${lines.join('\n')}\n`);
}
