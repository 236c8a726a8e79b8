import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Checkbox, Input, InputNumber, Segmented, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Audience, audiences, type FileAsk } from '../api/audiences.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { Define, Loading } from '../ui/page.tsx';
import { useTraits } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { DependenciesCard } from './dependencies.tsx';
import { useJob } from './use-job.ts';

function Trend({ id }: { id: string }) {
  const { t } = useTranslation();
  const [days, setDays] = useState(30);
  const query = useQuery({ queryKey: ['audiences', id, 'trend', days], queryFn: () => audiences.trend(id, days), retry: false });
  const items = query.data?.items;
  const option = useMemo(
    () => ({
      tooltip: { trigger: 'axis' },
      grid: { left: 8, right: 12, top: 16, bottom: 8, containLabel: true },
      xAxis: { type: 'category', data: (items ?? []).map((d) => d.day) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [
        {
          type: 'line',
          name: t('audience.size'),
          areaStyle: { opacity: 0.12 },
          showSymbol: false,
          data: (items ?? []).map((d) => d.count),
        },
      ],
    }),
    [items, t],
  );
  return (
    <Card
      size="small"
      title={<Define text={t('audience.insight.trendHint')}>{t('audience.insight.trend')}</Define>}
      extra={<Segmented size="small" value={days} onChange={(n) => setDays(Number(n))} options={[14, 30, 90]} />}
    >
      {query.isError && <ProblemView error={query.error} compact />}
      {query.isPending ? <Loading rows={5} /> : <Chart option={option} height={240} label={t('audience.insight.trend')} />}
    </Card>
  );
}

function Freeze({ audience }: { audience: Audience }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [how, setHow] = useState<'all' | 'n' | 'percent'>('all');
  const [amount, setAmount] = useState<number>(10);
  const [seed, setSeed] = useState('1');
  const [name, setName] = useState('');
  const [made, setMade] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const job = useJob(t('audience.insight.frozen'), ['audiences', 'people']);
  const go = async () => {
    setFailed(undefined);
    try {
      const sample = how === 'all' ? {} : { sample: { [how]: amount, seed } };
      const result = await audiences.freeze(audience.id, {
        name: name.trim() || `${audience.name} · ${new Date().toISOString().slice(0, 10)}`,
        ...sample,
      });
      setMade(result.id);
      job.start(result.job);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Card size="small" title={<Define text={t('audience.insight.freezeHint')}>{t('audience.insight.freeze')}</Define>} data-testid="freeze">
      <div className="stack">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={t('audience.insight.freezeName')}
          maxLength={100}
        />
        <span className="row wrap">
          <Segmented
            value={how}
            onChange={(next) => setHow(next as 'all')}
            options={(['all', 'n', 'percent'] as const).map((value) => ({ value, label: t(`audience.insight.by_${value}`) }))}
          />
          {how !== 'all' && (
            <>
              <InputNumber
                min={how === 'n' ? 1 : 0.01}
                max={how === 'n' ? 10_000_000 : 100}
                value={amount}
                onChange={(n) => setAmount(n ?? 1)}
                suffix={how === 'percent' ? '%' : undefined}
                style={{ width: 130 }}
              />
              <Input
                prefix={<span className="soft small">{t('audience.insight.seed')}</span>}
                value={seed}
                onChange={(event) => setSeed(event.target.value)}
                style={{ width: 130 }}
              />
            </>
          )}
        </span>
        {failed !== undefined && <ProblemView error={failed} compact />}
        <span className="row">
          <Button loading={job.running} onClick={go} data-testid="freeze-go">
            {job.progress?.total
              ? `${format.number(job.progress.done)} / ${format.number(job.progress.total)}`
              : t('audience.insight.freezeGo')}
          </Button>
          {made && !job.running && (
            <Button type="link" onClick={() => navigate(`/audiences/${made}?tab=members`)}>
              {t('common.open')}
            </Button>
          )}
        </span>
      </div>
    </Card>
  );
}

function Files({ audience }: { audience: Audience }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const traits = useTraits().data?.items ?? [];
  const [what, setWhat] = useState<FileAsk>({
    format: 'csv',
    columns: ['name'],
    personal: false,
    identities: ['phone'],
    phoneForm: 'e164',
    consent: 'granted',
  });
  const [failed, setFailed] = useState<unknown>();
  const list = useQuery({
    queryKey: ['audiences', audience.id, 'files'],
    queryFn: () => audiences.files(audience.id),
    refetchInterval: (query) => (query.state.data?.items.some((f) => f.state === 'making') ? 1_000 : false),
  });
  const go = async () => {
    setFailed(undefined);
    try {
      const { identities, phoneForm, consent, ...plain } = what;
      await audiences.makeFile(audience.id, what.format === 'csv' ? plain : { format: 'hashed', identities, phoneForm, consent });
      await list.refetch();
    } catch (error) {
      setFailed(error);
    }
  };
  const mayClear = may('people.export');
  return (
    <Card size="small" title={t('audience.files.title')} data-testid="files">
      <div className="stack">
        <Segmented
          value={what.format}
          onChange={(next) => setWhat({ ...what, format: next as 'csv' })}
          options={[
            { value: 'csv', label: t('audience.files.csv') },
            { value: 'hashed', label: t('audience.files.hashed'), disabled: !mayClear },
          ]}
        />
        {what.format === 'csv' ? (
          <>
            <Select
              mode="tags"
              value={what.columns}
              onChange={(columns: string[]) => setWhat({ ...what, columns })}
              placeholder={t('audience.files.columns')}
              options={[
                ...traits.map((one) => one.name),
                'identity:phone',
                'identity:email',
                'identity:user_id',
                'identity:wechat_unionid',
              ].map((value) => ({ value, label: value }))}
            />
            <Checkbox
              checked={what.personal}
              disabled={!mayClear}
              onChange={(event) => setWhat({ ...what, personal: event.target.checked })}
            >
              {t('audience.files.personal')}
            </Checkbox>
          </>
        ) : (
          <>
            <span className="row wrap">
              <Checkbox.Group
                value={what.identities ?? []}
                onChange={(identities) => setWhat({ ...what, identities: identities as 'phone'[] })}
                options={[
                  { value: 'phone', label: t('audience.files.phone') },
                  { value: 'email', label: t('audience.files.email') },
                ]}
              />
              <Select
                value={what.phoneForm ?? 'e164'}
                onChange={(phoneForm) => setWhat({ ...what, phoneForm })}
                options={(['e164', 'digits', 'national'] as const).map((value) => ({ value, label: t(`audience.files.form_${value}`) }))}
              />
            </span>
            <Select
              value={what.consent ?? 'granted'}
              onChange={(consent) => setWhat({ ...what, consent })}
              options={(['granted', 'notRefused'] as const).map((value) => ({ value, label: t(`audience.files.consent_${value}`) }))}
            />
            <span className="soft small">{t('audience.files.hashedHint')}</span>
          </>
        )}
        {failed !== undefined && <ProblemView error={failed} compact />}
        <Button disabled={!may('audiences.write')} onClick={go} data-testid="make-file">
          {t('audience.files.make')}
        </Button>
        {(list.data?.items ?? []).map((file) => (
          <div key={file.id} className="row between">
            <span>
              <Tag>{t(`audience.files.${file.format}`)}</Tag>
              <span className="soft small">
                {file.askedBy} · <Time value={file.askedAt} />{' '}
                {file.rows !== null && t('audience.files.rows', { n: format.number(file.rows) })}
              </span>
            </span>
            {file.state === 'ready' ? (
              <Button size="small" icon={<DownloadOutlined />} href={`/api/audiences/files/${file.id}`}>
                {t('audience.files.get')}
              </Button>
            ) : (
              <Tag color={file.state === 'failed' ? 'red' : 'blue'}>{t(`audience.files.${file.state}`)}</Tag>
            )}
          </div>
        ))}
      </div>
    </Card>
  );
}

/** What becomes of an audience: its size by day, what hangs together with it, frozen copies, files. */
export function AudienceInsight({ audience }: { audience: Audience }) {
  const may = useMay();
  return (
    <div className="grid two">
      <Trend id={audience.id} />
      <DependenciesCard place={`/audiences/${audience.id}`} />
      {may('audiences.write') && <Freeze audience={audience} />}
      <Files audience={audience} />
    </div>
  );
}
