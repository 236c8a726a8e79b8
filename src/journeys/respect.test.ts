import { expect, it } from 'vitest';
import { check } from './respect-check.fixture.ts';
import { createWorld } from './respect-world.fixture.ts';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const count = number('YUTANG_RESPECT_PEOPLE', 300);
const days = number('YUTANG_RESPECT_DAYS', 14);
const large = count > 1_000;

it(
  'ten greedy journeys break no cap, no quiet hour, no word and no limit of a platform, and every message is accounted for',
  async () => {
    const began = process.cpuUsage();
    const world = await createWorld(count, days, {
      seed: number('YUTANG_RESPECT_SEED', 7),
      stepMinutes: 120,
      ...(large ? { told: (day, arrived) => process.stdout.write(`day ${day}: ${arrived} arrived\n`) } : {}),
    });
    const used = process.cpuUsage(began);
    try {
      const { broken, asked, sent, waiting, skipped, failed, putOff } = await check(world);
      if (large || process.env.YUTANG_RESPECT_SEED)
        process.stdout.write(
          `${JSON.stringify({ people: count, days, asked, sent, waiting, skipped, failed, putOff, broken: broken.length, cpuSeconds: Math.round((used.user + used.system) / 1e6) })}\n`,
        );
      expect(broken).toEqual([]);
      const stayed = [...Object.values(skipped), ...Object.values(failed)].reduce((sum, n) => sum + n, 0);
      expect(sent + waiting + stayed).toBe(asked);
      // It was no idle world: the policy and the platforms' rules had their hands full.
      const rules = ['wecom.mass.perCustomer', 'sms.perNumber.perDay'];
      for (const reason of ['capped', 'capped_purpose', 'fatigued', 'no_address', 'no_consent', 'outranked', ...rules])
        expect(skipped[reason], reason).toBeGreaterThan(0);
      expect(failed.no_grant).toBeGreaterThan(0);
      for (const reason of ['sms.marketing.hours', 'official.template.perDay']) expect(putOff[reason], reason).toBeGreaterThan(0);
      expect(sent).toBeGreaterThan(count);
    } finally {
      await world.h.close();
    }
  },
  24 * 3_600_000,
);
