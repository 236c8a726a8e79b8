import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLog, readConfig } from './base/index.ts';
import { demoHost } from './demo/index.ts';
import { greet } from './greet.ts';
import { keepHeapSmall } from './heap.ts';
import { createSystem } from './system.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.YUTANG_LOG);
  const demo = demoHost(config, { log });
  const system = await createSystem(config, {
    log,
    version,
    extra: demo,
    consoleDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    sdkDir: fileURLToPath(new URL('../dist/sdk', import.meta.url)),
  });
  const first = await system.access.firstRun({
    email: config.YUTANG_ADMIN_EMAIL,
    password: config.YUTANG_ADMIN_PASSWORD,
    writeKey: config.YUTANG_WRITE_KEY,
    apiKey: config.YUTANG_API_KEY,
  });
  const reset = config.YUTANG_RESET_PASSWORD;
  const password = reset && (await system.access.recover(reset));
  await system.start();
  greet(config, first, password);
  keepHeapSmall();
  demo.start(system, first);

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    // Whatever still runs after this is safe to cut off: every step is durable or repeatable.
    setTimeout(() => process.exit(1), 20_000).unref();
    demo
      .stop()
      .then(() => system.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
}

main().catch((error: unknown) => {
  process.stderr.write(`\nYutang could not start.\n${(error as Error).message}\n`);
  if (process.env.YUTANG_LOG === 'debug') process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
