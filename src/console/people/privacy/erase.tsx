import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Input, Modal, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { nameOf, type Person } from '../../api/people.ts';
import { privacy } from '../../api/privacy.ts';
import { useSay } from '../../ui/undo.tsx';

/** Erases a person, after their name was typed; shows how far it is. */
export function EraseButton({ person, onDone }: { person: Person; onDone: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [jobId, setJobId] = useState<string>();
  const name = nameOf(person);
  const job = useQuery({
    queryKey: ['job', jobId],
    queryFn: () => privacy.job(jobId!),
    enabled: jobId !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'done' || state.data?.state === 'failed' ? false : 700),
  });
  const erase = () =>
    privacy
      .erase(person.id, reason.trim())
      .then((asked) => setJobId(asked.jobId))
      .catch(say.failed);
  const close = () => {
    setOpen(false);
    if (!jobId) return;
    onDone();
    navigate('/people');
  };
  const state = job.data?.state;
  const part = job.data?.progress ? Math.round((100 * job.data.progress.done) / (job.data.progress.total ?? 3)) : 5;
  return (
    <>
      <Button size="small" danger onClick={() => setOpen(true)} data-testid="erase">
        {t('privacy.erase')}
      </Button>
      <Modal
        open={open}
        title={t('privacy.erase')}
        onCancel={close}
        okText={t('privacy.erase')}
        okButtonProps={{ danger: true, disabled: typed.trim() !== name || jobId !== undefined, 'data-testid': 'erase-go' } as never}
        onOk={erase}
        {...(jobId ? { footer: <Button onClick={close}>{t('common.close')}</Button> } : {})}
      >
        {!jobId && (
          <div className="stack">
            <Alert type="warning" showIcon title={t('privacy.eraseText')} />
            <span>{t('privacy.typeName', { name })}</span>
            <Input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              aria-label={t('privacy.typeName', { name })}
              data-testid="erase-name"
            />
            <Input
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              placeholder={t('privacy.reason')}
              aria-label={t('privacy.reason')}
              maxLength={500}
              data-testid="erase-reason"
            />
          </div>
        )}
        {jobId && (
          <div className="stack" data-testid="erase-state">
            <Progress
              percent={state === 'done' ? 100 : part}
              status={state === 'failed' ? 'exception' : state === 'done' ? 'success' : 'active'}
            />
            <span>
              {state === 'done'
                ? t('privacy.erased')
                : state === 'failed'
                  ? t('privacy.failed', { error: job.data?.error })
                  : t('privacy.erasing')}
            </span>
          </div>
        )}
      </Modal>
    </>
  );
}
