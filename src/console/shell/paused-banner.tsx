import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { policy } from '../api/access.ts';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';
import { useMay } from './session.tsx';

/** While nothing leaves, every page says so, and who stopped it. */
export function PausedBanner() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const format = useFormat();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['policy'],
    queryFn: policy.get,
    enabled: may('policy.read'),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
  if (!query.data?.paused) return null;
  const { pausedBy, pausedAt, pausedWhy } = query.data;
  const resume = () =>
    policy
      .put({ paused: false })
      .then((now) => client.setQueryData(['policy'], now))
      .catch(say.failed);
  return (
    <Alert
      banner
      type="error"
      data-testid="paused-banner"
      title={t('message.set.pausedBanner')}
      description={
        pausedBy && pausedAt
          ? [t('message.set.pausedBy', { who: pausedBy, at: format.time(pausedAt) }), pausedWhy].filter(Boolean).join('：')
          : undefined
      }
      action={
        may('policy.write') ? (
          <Popconfirm title={t('message.set.resume')} okText={t('message.set.resume')} cancelText={t('common.cancel')} onConfirm={resume}>
            <Button size="small">{t('message.set.resume')}</Button>
          </Popconfirm>
        ) : undefined
      }
    />
  );
}
