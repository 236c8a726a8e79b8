import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { privacy } from '../../api/privacy.ts';
import { useSay } from '../../ui/undo.tsx';

/** Asks for the file of a person, waits for it, offers it. */
export function ExportButton({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const [jobId, setJobId] = useState<string>();
  const job = useQuery({
    queryKey: ['job', jobId],
    queryFn: () => privacy.job(jobId!),
    enabled: jobId !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'done' || state.data?.state === 'failed' ? false : 700),
  });
  const url = job.data?.result?.fileUrl;
  if (url)
    return (
      <Button size="small" type="primary" href={url} download data-testid="export-file">
        {t('privacy.download')}
      </Button>
    );
  const ask = () =>
    privacy
      .export(personId)
      .then((asked) => setJobId(asked.jobId))
      .catch(say.failed);
  return (
    <Button size="small" loading={jobId !== undefined && job.data?.state !== 'failed'} onClick={ask} data-testid="export">
      {jobId ? t('privacy.exporting') : t('privacy.export')}
    </Button>
  );
}
