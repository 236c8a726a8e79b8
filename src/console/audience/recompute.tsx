import { ReloadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Progress, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitions } from '../api/audiences.ts';
import { jobs } from '../api/events.ts';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';

/** One pass over everybody, with what is done and what remains. */
export function Recompute() {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const client = useQueryClient();
  const [id, setId] = useState<string>();
  const job = useQuery({ queryKey: ['jobs', id], queryFn: () => jobs.get(id as string), enabled: Boolean(id), refetchInterval: 500 });
  const state = job.data?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the job ends
  useEffect(() => {
    if (state !== 'done' && state !== 'failed') return;
    setId(undefined);
    if (state === 'failed') say.failed(new Error(`${t('audience.def.recomputeFailed')}: ${job.data?.error ?? ''}`));
    else say.done(t('audience.def.recomputed'));
    for (const key of ['definitions', 'people', 'facets', 'audiences', 'overview']) void client.invalidateQueries({ queryKey: [key] });
  }, [state]);
  const start = async () => {
    try {
      setId((await definitions.recompute()).id);
    } catch (error) {
      say.failed(error);
    }
  };
  const progress = job.data?.progress;
  if (id)
    return (
      <span className="row" data-testid="recomputing">
        <span className="soft small num">
          {t('audience.def.recomputing')} {progress?.total ? `${format.number(progress.done)} / ${format.number(progress.total)}` : ''}
        </span>
        <Progress
          type="circle"
          size={28}
          percent={progress?.total ? Math.round((100 * progress.done) / progress.total) : 0}
          status="active"
        />
      </span>
    );
  return (
    <Tooltip title={t('audience.def.recomputeHint')}>
      <Button icon={<ReloadOutlined />} onClick={start} data-testid="recompute">
        {t('audience.def.recompute')}
      </Button>
    </Tooltip>
  );
}
