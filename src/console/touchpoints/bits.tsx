import { WarningOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Query } from '../api/http.ts';
import { type Touchpoint, touchpoints, type Warning } from '../api/touchpoints.ts';
import { useFormat } from '../ui/format.ts';

const COLOURS = { live: 'success', paused: 'warning', archived: 'default' } as const;

export function PointState({ point }: { point: Touchpoint }) {
  const { t } = useTranslation();
  const waiting = point.state === 'live' && !point.content && !point.pictured;
  return (
    <Tag color={waiting ? 'error' : COLOURS[point.state]} style={{ marginInlineEnd: 0 }}>
      {waiting ? t('touchpoint.notMade') : t(`touchpoint.states.${point.state}`)}
    </Tag>
  );
}

/** The picture of a code, fetched with the workspace's name. */
export function CodePicture({ id, version, query, size = 200 }: { id: string; version: string; query: Query; size?: number }) {
  const fetched = useQuery({
    queryKey: ['touchpoints', id, 'picture', version, query],
    queryFn: () => touchpoints.picture(id, query),
    retry: false,
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!fetched.data) return;
    const made = URL.createObjectURL(fetched.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [fetched.data]);
  if (!url) return <div style={{ width: size, height: size, background: 'var(--wash)', borderRadius: 8 }} />;
  return (
    <img
      src={url}
      alt=""
      style={{ width: size, maxWidth: '100%', display: 'block', borderRadius: 8, background: '#fff' }}
      data-testid="code-picture"
    />
  );
}

export function WarningList({ items }: { items: Warning[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (items.length === 0) return null;
  const words = (one: Warning) =>
    t(`touchpoint.warn.${one.what}`, { n: format.number(one.number), time: format.relative(one.at), detail: one.detail ?? '' });
  return (
    <Alert
      type="warning"
      icon={<WarningOutlined />}
      showIcon
      title={t('touchpoint.warnings')}
      data-testid="touchpoint-warnings"
      description={
        <div className="stack tight" style={{ maxHeight: 160, overflow: 'auto' }}>
          {items.slice(0, 50).map((one) => (
            <span key={one.touchpointId + one.what}>
              <Link to={`/touchpoints/${one.touchpointId}`}>{one.name}</Link> {words(one)}
            </span>
          ))}
        </div>
      }
    />
  );
}
