import { readFileSync, writeFileSync } from 'node:fs';
import { machine, measuredIds, report, written } from './report.ts';

/** npm run bench [-- names]: measures, prints, and with --write puts its rows into the table of docs/benchmarks.md. */
const parts: Record<string, () => Promise<unknown>> = {
  ingest: async () => (await import('./ingest.ts')).benchIngest(),
  identity: async () => (await import('./identity.ts')).benchIdentity(),
  rules: async () => (await import('./rules.ts')).benchRules(),
  audience: async () => (await import('./audience.ts')).benchAudience(),
  journey: async () => (await import('./journey.ts')).benchJourney(),
  waiting: async () => (await import('./waiting.ts')).benchWaiting(),
  outbox: async () => (await import('./outbox.ts')).benchOutbox(),
  imports: async () => (await import('./imports.ts')).benchImports(),
  sdk: async () => (await import('./sdk.ts')).benchSdk(),
  clv: async () => (await import('./clv.ts')).benchClv(),
  codes: async () => (await import('./codes.ts')).benchCodes(),
  bulk: async () => (await import('./bulk.ts')).benchBulk(),
  wecom: async () => (await import('./wecom.ts')).benchWecom(),
  coupons: async () => (await import('./coupons.ts')).benchCoupons(),
  posters: async () => (await import('./posters.ts')).benchPosters(),
  matching: async () => (await import('./matching.ts')).benchMatching(),
  rest: async () => (await import('./rest.ts')).benchRest(),
};
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const where = machine();
process.stdout.write(`${where}\n`);
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    await run();
  } catch (error) {
    report({ id: '!', what: `${name} failed`, value: (error as Error).message });
    process.exitCode = 1;
  }
}
if (process.argv.includes('--write')) {
  const file = new URL('../docs/benchmarks.md', import.meta.url);
  const conditions = `${measuredIds()
    .map((id) => `(${id})`)
    .join(
      ', ',
    )} measured ${new Date().toISOString().slice(0, 10)} (\`${wanted.join('`, `')}\`, ${where.slice(where.indexOf('load before'))}).`;
  writeFileSync(file, written(readFileSync(file, 'utf8'), conditions));
}
process.exit();
