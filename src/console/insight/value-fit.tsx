import { ReloadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Progress, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { jobs } from '../api/events.ts';
import { useMay } from '../shell/session.tsx';
import { useSay } from '../ui/undo.tsx';

interface Props {
  /** What of the answers is old once the fit is done: the first part of their keys. */
  of: string;
  start: () => Promise<{ id: string }>;
  label: string;
  hint: string;
  primary?: boolean;
}

/** Starts a fit, shows how far it is, and has everything asked anew when it is done. */
export function FitButton({ of, start, label, hint, primary }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [id, setId] = useState<string>();
  const job = useQuery({ queryKey: ['jobs', id], queryFn: () => jobs.get(id as string), enabled: Boolean(id), refetchInterval: 500 });
  const state = job.data?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the job ends
  useEffect(() => {
    if (state !== 'done' && state !== 'failed') return;
    setId(undefined);
    if (state === 'failed') say.failed(new Error(`${t('value.fitFailed')}: ${job.data?.error ?? ''}`));
    else say.done(t('value.fitted'));
    void client.invalidateQueries({ queryKey: [of] });
    void client.invalidateQueries({ queryKey: ['person'] });
  }, [state]);
  if (!may('definitions.write')) return null;
  const progress = job.data?.progress;
  if (id)
    return (
      <span className="row" data-testid="fitting">
        <span className="soft small">{t('value.fitting')}</span>
        <Progress
          type="circle"
          size={28}
          percent={progress?.total ? Math.round((100 * progress.done) / progress.total) : 0}
          status="active"
        />
      </span>
    );
  return (
    <Tooltip title={hint}>
      <Button
        icon={<ReloadOutlined />}
        type={primary ? 'primary' : 'default'}
        data-testid="fit"
        onClick={() =>
          start().then(
            (made) => setId(made.id),
            (error) => say.failed(error),
          )
        }
      >
        {label}
      </Button>
    </Tooltip>
  );
}
