import { Alert, Button, Card, Input, Segmented, Select, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitions, type TagDetail } from '../api/audiences.ts';
import { useFormat } from '../ui/format.ts';
import { AudiencePicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useJob } from './use-job.ts';

const TYPES = ['phone', 'email', 'user_id', 'member_id', 'wechat_unionid', 'wechat_openid', 'wecom_external_userid', 'crm_id'];
const rowsAtOnce = 5_000;

/** First column: who; second, if there is one: the value. A first line that is no identity is taken for a heading. */
export function readRows(text: string): { id: string; value?: string }[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"|"$/g, '')))
    .filter(([id], i) => id && !(i === 0 && /^(id|phone|email|手机|手机号|邮箱|identity|user_?id)/i.test(id)))
    .map(([id, value]) => ({ id: id as string, ...(value ? { value } : {}) }));
}

/** Gives a tag to an audience or to the people of a file, or takes it from them. */
export function GiveTag({ tag }: { tag: TagDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [remove, setRemove] = useState(false);
  const [audience, setAudience] = useState<string>();
  const [value, setValue] = useState('');
  const [type, setType] = useState('phone');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [result, setResult] = useState<{ people: number; rejected: { row: number; reason: string }[] }>();
  const job = useJob(t('audience.give.done'), ['tag', 'definitions', 'people', 'facets']);
  const takesValue = tag.about.values !== 'none';

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await work();
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
  };
  const toAudience = () =>
    run(async () => {
      if (!audience) return;
      const made = await definitions.giveTag(tag.id, { audience, remove, ...(value && takesValue ? { value } : {}) });
      job.start(made.job);
    });
  const fromFile = (file: File) =>
    run(async () => {
      const rows = readRows(await file.text());
      const sum = { people: 0, rejected: [] as { row: number; reason: string }[] };
      for (let i = 0; i < rows.length; i += rowsAtOnce) {
        const part = await definitions.importTag(
          tag.id,
          rows
            .slice(i, i + rowsAtOnce)
            .map((r) => ({ identity: { type, id: r.id }, ...(r.value && takesValue ? { value: r.value } : {}) })),
          remove,
        );
        sum.people += part.people;
        sum.rejected.push(...part.rejected.map((r) => ({ ...r, row: r.row + i })));
        setResult({ ...sum });
      }
    });
  return (
    <Card size="small" title={t('audience.give.title')} data-testid="give-tag">
      <div className="stack">
        <Segmented
          value={remove ? 'remove' : 'add'}
          onChange={(next) => setRemove(next === 'remove')}
          options={[
            { value: 'add', label: t('audience.give.add') },
            { value: 'remove', label: t('audience.give.remove') },
          ]}
        />
        <span className="row wrap">
          <AudiencePicker value={audience} onChange={setAudience} width={200} />
          {takesValue && (
            <Input
              style={{ width: 130 }}
              placeholder={t('audience.give.value')}
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
          <Button type="primary" disabled={!audience} loading={busy || job.running} onClick={toAudience} data-testid="give-audience">
            {job.progress?.total ? `${format.number(job.progress.done)} / ${format.number(job.progress.total)}` : t('audience.give.go')}
          </Button>
        </span>
        <span className="row wrap">
          <Select value={type} onChange={setType} style={{ width: 200 }} options={TYPES.map((one) => ({ value: one, label: one }))} />
          <Upload
            accept=".csv,.txt"
            showUploadList={false}
            beforeUpload={(file) => {
              void fromFile(file);
              return false;
            }}
          >
            <Button loading={busy}>{t('audience.give.file')}</Button>
          </Upload>
        </span>
        <span className="soft small">{t('audience.give.fileHint')}</span>
        {failed !== undefined && <ProblemView error={failed} compact />}
        {result && (
          <Alert
            type={result.rejected.length ? 'warning' : 'success'}
            showIcon
            title={t('audience.give.result', { n: format.number(result.people), bad: format.number(result.rejected.length) })}
            description={result.rejected.slice(0, 5).map((r) => (
              <div key={r.row} className="small">
                {t('audience.give.row', { n: r.row + 1 })}: {r.reason}
              </div>
            ))}
          />
        )}
      </div>
    </Card>
  );
}
