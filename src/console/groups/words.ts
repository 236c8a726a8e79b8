import { useTranslation } from 'react-i18next';
import type { Step } from '../api/group-plans.ts';

/** When a step goes, in words; and why a group did not get it. */
export function useWords() {
  const { t } = useTranslation();
  return {
    when: ({ when }: Pick<Step, 'when'>) =>
      when.kind === 'day'
        ? t(when.day === 0 ? 'groupPlan.onFirstDay' : 'groupPlan.onDay', { n: when.day, time: when.time })
        : t('groupPlan.everyWeek', { day: t(`groupPlan.weekday.${when.weekday}`), time: when.time }),
    reason: (reason: string) =>
      reason.startsWith('wecom_') ? t('groupPlan.wecomCode', { code: reason.slice(6) }) : t(`groupPlan.reason.${reason}`, reason),
  };
}

export const COLOURS: Record<string, string> = {
  due: 'default',
  asked: 'gold',
  sent: 'green',
  failed: 'volcano',
  skipped: 'default',
  unsent: 'volcano',
};
