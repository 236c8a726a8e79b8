import { DownloadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type PosterBatch, posters } from '../../api/posters.ts';
import { keep } from '../../api/touchpoints.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { useFormat } from '../../ui/format.ts';
import { AudiencePicker } from '../../ui/pickers.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay } from '../../ui/undo.tsx';

const everyMs = 3_000;

/** Posters of a whole audience, made ahead. */
export function BatchesCard({ posterId, dirty }: { posterId: string; dirty: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [audienceId, setAudienceId] = useState<string>();
  const [busy, setBusy] = useState(false);
  const query = useQuery({
    queryKey: ['posters', posterId, 'batches'],
    queryFn: () => posters.batches(posterId),
    refetchInterval: (now) => (now.state.data?.items.some((one) => one.state === 'running') ? everyMs : false),
  });
  const start = async () => {
    if (!audienceId) return;
    setBusy(true);
    try {
      await posters.makeBatch(posterId, audienceId);
      await client.invalidateQueries({ queryKey: ['posters', posterId, 'batches'] });
      say.done(t('poster.batch.started'));
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card size="small" title={t('poster.batch.title')}>
      <div className="stack">
        <span className="soft small">{t('poster.batch.hint')}</span>
        {may('content.write') && (
          <div className="row wrap">
            <AudiencePicker value={audienceId} onChange={setAudienceId} />
            <Button onClick={start} loading={busy} disabled={!audienceId || dirty} data-testid="start-batch">
              {t('poster.batch.start')}
            </Button>
            {dirty && <span className="soft small">{t('poster.saveFirst')}</span>}
          </div>
        )}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.data?.items.length === 0 && <span className="soft small">{t('poster.batch.none')}</span>}
        {query.data?.items.map((one) => (
          <BatchLine key={one.id} batch={one} />
        ))}
      </div>
    </Card>
  );
}

function BatchLine({ batch }: { batch: PosterBatch }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const format = useFormat();
  const [busy, setBusy] = useState<number>();
  const take = async (part: number) => {
    setBusy(part);
    try {
      keep(await posters.part(batch.id, part), `${batch.posterName}-${part}.zip`);
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(undefined);
    }
  };
  const status = batch.state === 'failed' ? 'exception' : batch.state === 'done' ? 'success' : 'active';
  return (
    <div className="stack tight" data-testid="poster-batch">
      <div className="row between wrap">
        <span style={{ fontWeight: 600 }}>{batch.audienceName}</span>
        <span className="soft small">
          {t('poster.batch.version', { n: batch.version })} · <Time value={batch.createdAt} />
        </span>
      </div>
      <Progress percent={batch.total ? Math.floor(((batch.done + batch.failed) / batch.total) * 100) : 100} status={status} size="small" />
      <span className="small num">
        {t('poster.batch.progress', { done: format.number(batch.done), total: format.number(batch.total) })}
        {batch.failed > 0 && ` · ${t('poster.batch.failed', { n: batch.failed })}`}
        {batch.state === 'failed' && ` · ${t('poster.batch.stopped')}`}
      </span>
      {may('people.export') && batch.parts > 0 && (
        <div className="row wrap" style={{ gap: 6 }}>
          {Array.from({ length: batch.parts }, (_, i) => i + 1).map((part) => (
            <Button key={part} size="small" icon={<DownloadOutlined />} loading={busy === part} onClick={() => take(part)}>
              {t('poster.batch.part', { n: part })}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
