import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Checkbox, Input, InputNumber, Progress, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { jobs } from '../api/events.ts';
import { type Batch, type BulkBody, keep, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

const KINDS = ['static_code', 'short_link', 'store', 'staff', 'poster', 'channel_code', 'group_code', 'oa_code'] as const;
type Kind = (typeof KINDS)[number];

/** A line of a spreadsheet: name, then what the kind needs, then place and owner. */
function readRows(text: string, kind: Kind): { rows: BulkBody['rows']; bad: number | undefined } {
  const rows: BulkBody['rows'] = [];
  let bad: number | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (!line.trim()) continue;
    const [name = '', what = '', place = '', owner = ''] = line.split(/\t|,|，/).map((cell) => cell.trim());
    const base = { name, ...(place ? { place } : {}), ...(owner ? { owner } : {}) };
    if (!name || (!what && kind !== 'oa_code')) bad ??= i + 1;
    if (kind === 'static_code') rows.push({ ...base, content: what });
    else if (kind === 'channel_code') rows.push({ ...base, userIds: what.split(/[;；\s]+/).filter(Boolean) });
    else if (kind === 'group_code') rows.push({ ...base, chatIds: what.split(/[;；\s]+/).filter(Boolean) });
    else if (kind === 'oa_code') rows.push(base);
    else rows.push({ ...base, url: what });
  }
  return { rows, bad };
}

export default function BatchesPage() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useQuery({ queryKey: ['touchpoints', 'batches'], queryFn: touchpoints.batches, refetchInterval: 5_000 });
  return (
    <Page title={t('touchpoint.batch.title')} question={t('touchpoint.batch.question')} testId="batches-page">
      <div className="grid two">
        {may('touchpoints.write') && <Maker />}
        <div className="stack">
          {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
          {query.isPending && <Loading />}
          {query.data?.items.length === 0 && <EmptyStart title={t('touchpoint.batch.empty')} />}
          {query.data?.items.map((one) => (
            <BatchRow key={one.id} batch={one} />
          ))}
        </div>
      </div>
    </Page>
  );
}

function Maker() {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>('static_code');
  const [name, setName] = useState('');
  const [campaign, setCampaign] = useState('');
  const [text, setText] = useState('');
  const [width, setWidth] = useState(1000);
  const [caption, setCaption] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { rows, bad } = readRows(text, kind);
  const what = kind === 'static_code' ? 'content' : kind === 'channel_code' ? 'userIds' : kind === 'group_code' ? 'chatIds' : 'url';
  const make = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      await touchpoints.makeBatch({
        name,
        kind,
        campaign,
        tags: [],
        rows,
        picture: { width, level: 'M', caption: caption ? 'name' : 'none' },
      });
      await client.invalidateQueries({ queryKey: ['touchpoints'] });
      say.done(t('touchpoint.batch.started'));
      setText('');
      setName('');
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card size="small">
      <div className="stack">
        <Select<Kind> value={kind} onChange={setKind} options={KINDS.map((one) => ({ value: one, label: t(`touchpoint.kinds.${one}`) }))} />
        <Input
          value={name}
          maxLength={120}
          placeholder={t('common.name')}
          onChange={(event) => setName(event.target.value)}
          data-testid="batch-name"
        />
        <Input
          value={campaign}
          maxLength={120}
          placeholder={t('touchpoint.campaign')}
          onChange={(event) => setCampaign(event.target.value)}
        />
        <Input.TextArea
          value={text}
          autoSize={{ minRows: 8, maxRows: 16 }}
          placeholder={t('touchpoint.batch.rows')}
          onChange={(event) => setText(event.target.value)}
          data-testid="batch-rows"
        />
        <span className={bad ? 'small bad' : 'small soft'}>
          {bad
            ? t('touchpoint.batch.badRow', { n: bad, what: t(`touchpoint.${what}`) })
            : t('touchpoint.batch.readCount', { n: format.number(rows.length) })}
          {text === '' && ` · ${t('touchpoint.batch.rowsHint')}`}
        </span>
        <div className="row wrap">
          <span className="soft small">{t('touchpoint.batch.width')}</span>
          <InputNumber min={200} max={2400} step={100} value={width} onChange={(next) => setWidth(next ?? 1000)} />
          <Checkbox checked={caption} onChange={(event) => setCaption(event.target.checked)}>
            {t('touchpoint.batch.caption')}
          </Checkbox>
        </div>
        {failed !== undefined && <ProblemView error={failed} />}
        <Button
          type="primary"
          disabled={!name.trim() || rows.length === 0 || bad !== undefined}
          loading={busy}
          onClick={make}
          data-testid="make-batch"
        >
          {t('touchpoint.batch.make')}
        </Button>
      </div>
    </Card>
  );
}

function BatchRow({ batch }: { batch: Batch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const job = useQuery({
    queryKey: ['jobs', batch.jobId],
    queryFn: () => jobs.get(batch.jobId!),
    enabled: batch.jobId !== null && batch.doneAt === null,
    refetchInterval: 1_500,
  });
  const { done = 0, total } = job.data?.progress ?? {};
  const download = async () => keep(await touchpoints.batchFile(batch.id), `${batch.name}.zip`);
  return (
    <Card size="small">
      <div className="stack tight">
        <span className="row between">
          <b className="clip">{batch.name}</b> <Time value={batch.createdAt} />
        </span>
        <span className="soft small num">
          {t(`touchpoint.kinds.${batch.kind}`)} · {t('touchpoint.batch.codes')} {format.number(batch.codes)}
          {batch.bytes !== null && ` · ${format.number(batch.bytes / 1e6, 1)} MB`}
        </span>
        {batch.doneAt === null && (
          <Progress
            percent={total ? Math.floor((100 * done) / total) : 0}
            size="small"
            status={job.data?.state === 'failed' ? 'exception' : 'active'}
          />
        )}
        {job.data?.error && <ProblemView error={new Error(job.data.error)} compact />}
        <div className="row">
          {batch.doneAt !== null && (
            <Button size="small" onClick={() => download().catch(say.failed)} data-testid="batch-zip">
              {t('touchpoint.batch.zip')}
            </Button>
          )}
          <Link to={`/touchpoints?batch=${batch.id}`}>
            <Button size="small" type="link">
              {t('touchpoint.title')}
            </Button>
          </Link>
        </div>
      </div>
    </Card>
  );
}
