import { CheckCircleOutlined, ExclamationCircleFilled, InfoCircleFilled, RightOutlined, WarningFilled } from '@ant-design/icons';
import { Badge, Button, Card, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { EmptyStart } from '../ui/page.tsx';
import { type Need, useNeeds } from './needs.ts';

const ICONS: Record<Need['kind'], React.ReactNode> = {
  bad: <ExclamationCircleFilled className="bad" />,
  warn: <WarningFilled className="warn" />,
  info: <InfoCircleFilled style={{ color: '#2587a6' }} />,
};
const RANK = { bad: 0, warn: 1, info: 2 };

export function NeedsCard({ events }: { events: number | undefined }) {
  const { t } = useTranslation();
  const { needs, loading } = useNeeds(events);
  const sorted = needs.toSorted((a, b) => RANK[a.kind] - RANK[b.kind]);
  return (
    <Card
      size="small"
      style={{ height: '100%' }}
      title={
        <span className="row">
          {t('overview.needs')} <Badge count={sorted.filter((one) => one.kind !== 'info').length} size="small" />
        </span>
      }
      data-testid="needs"
    >
      {loading && !sorted.length && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {!loading && !sorted.length && (
        <EmptyStart
          icon={<CheckCircleOutlined />}
          title={t('overview.needsNone')}
          action={
            <Link to="/people?level=repeat">
              <Button>{t('nav.people')}</Button>
            </Link>
          }
        />
      )}
      {sorted.slice(0, 7).map((one) => (
        <Link
          key={one.key}
          to={one.to}
          className="row between"
          style={{ padding: '7px 0', color: 'inherit', borderBottom: '1px solid var(--line)' }}
        >
          <span className="row" style={{ minWidth: 0 }}>
            {ICONS[one.kind]} <span>{one.text}</span>
          </span>
          <RightOutlined className="soft" style={{ fontSize: 10 }} />
        </Link>
      ))}
    </Card>
  );
}
