import { useQuery } from '@tanstack/react-query';
import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { groupPlans } from '../api/group-plans.ts';
import { useUrl } from '../ui/hooks.ts';

/** Which other groups the people of this one are in: the same offer read twice, or a group that another makes needless. */
export function Overlap({ id }: { id: string }) {
  const { t } = useTranslation();
  const [, write] = useUrl();
  const { data } = useQuery({ queryKey: ['groups', id, 'overlap'], queryFn: () => groupPlans.overlap(id) });
  if (!data) return null;
  if (data.items.length === 0) return <span className="soft small">{t('groupPlan.noOverlap')}</span>;
  return (
    <div className="stack tight" data-testid="group-overlap">
      <span className="soft small">{t('groupPlan.overlapText', data)}</span>
      {data.items.slice(0, 6).map((one) => (
        <span key={one.id} className="row">
          <button type="button" className="linklike clip" style={{ flex: '1 1 40%' }} onClick={() => write({ group: one.id })}>
            {one.name || t('group.unnamed')}
          </button>
          <Progress
            percent={Math.round((one.shared / Math.max(1, data.members)) * 100)}
            size="small"
            strokeColor="var(--ant-color-primary, #0b6b83)"
            style={{ flex: '1 1 30%', margin: 0 }}
          />
          <span className="soft small num" style={{ flex: '0 0 80px', textAlign: 'right' }}>
            {t('groupPlan.shared', { n: one.shared })}
          </span>
        </span>
      ))}
    </div>
  );
}
