import type { Limits } from './limits.ts';
import { allowance } from './period.ts';
import type { PlatformRule, Words } from './rule.ts';

/** A rule with its present value, in words. */
export function sayRule(limits: Limits, rule: PlatformRule, now: Date): Words {
  const held = limits.get(rule.key);
  const { most } = allowance(held, now.getTime());
  const { period } = held;
  const span: Words =
    period === null
      ? { zh: '', en: '' }
      : 'calendar' in period
        ? { zh: { day: '每天 ', week: '每周 ', month: '每月 ' }[period.calendar], en: ` a ${period.calendar}` }
        : period.minutes % 1_440 === 0 && period.minutes > 2_880
          ? { zh: `${period.minutes / 1_440} 天内 `, en: ` in ${period.minutes / 1_440} days` }
          : period.minutes % 60 === 0
            ? { zh: `${period.minutes / 60} 小时内 `, en: ` in ${period.minutes / 60} h` }
            : { zh: `${period.minutes} 分钟内 `, en: ` in ${period.minutes} min` };
  const money = rule.unit === 'fen';
  const date = rule.known ?? rule.checked;
  return {
    zh: `${rule.name.zh} ${span.zh}${money ? `${most / 100} 元` : most}（${rule.source.title}，${date}）`,
    en: `${rule.name.en}: ${money ? `${most / 100} CNY` : most}${span.en} (${rule.source.title}, ${date})`,
  };
}
