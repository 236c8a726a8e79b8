import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, InputNumber, Select, Table } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitions, type InterestSettings } from '../api/audiences.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { Define, EmptyStart, Loading } from '../ui/page.tsx';
import { EventPicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** What people are interested in now, and what each action says of interest. */
export function Interests() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['interests'], queryFn: definitions.interests });
  const [form, setForm] = useState<InterestSettings>();
  const [busy, setBusy] = useState(false);
  useEffect(() => setForm((was) => was ?? query.data?.settings), [query.data]);
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending || !form) return <Loading />;
  const write = may('definitions.write');
  const action = (i: number, part: Partial<InterestSettings['actions'][number]>) =>
    setForm({ ...form, actions: form.actions.map((a, n) => (n === i ? { ...a, ...part } : a)) });
  const save = async () => {
    setBusy(true);
    try {
      await definitions.setInterests({ ...form, actions: form.actions.filter((a) => a.event.trim()) });
      await client.invalidateQueries({ queryKey: ['interests'] });
      say.done(t('common.saved'));
    } catch (error) {
      say.failed(error);
    }
    setBusy(false);
  };
  return (
    <div className="grid two" data-testid="interests">
      <Card size="small" title={<Define text={t('audience.interest.scoreHint')}>{t('audience.interest.topics')}</Define>}>
        {query.data.items.length ? (
          <Table
            size="small"
            rowKey="topic"
            dataSource={query.data.items}
            pagination={query.data.items.length > 20 ? { pageSize: 20 } : false}
            columns={[
              { title: t('audience.interest.topic'), dataIndex: 'topic' },
              {
                title: t('audience.interest.keen', { n: query.data.threshold }),
                dataIndex: 'people',
                align: 'right',
                render: (n: number) => format.number(n),
              },
              { title: t('audience.interest.any'), dataIndex: 'all', align: 'right', render: (n: number) => format.number(n) },
              { title: t('audience.interest.score'), dataIndex: 'score', align: 'right', render: (n: number) => format.number(n, 0) },
            ]}
          />
        ) : (
          <EmptyStart title={t('audience.interest.none')} text={t('audience.interest.noneText')} />
        )}
      </Card>
      <Card size="small" title={t('audience.interest.weights')}>
        <div className="stack">
          <span className="row">
            <Define text={t('audience.interest.halfLifeHint')}>{t('audience.interest.halfLife')}</Define>
            <InputNumber
              min={0.5}
              max={365}
              disabled={!write}
              value={form.halfLifeDays}
              onChange={(days) => setForm({ ...form, halfLifeDays: days ?? 14 })}
              suffix={t('audience.tag.days')}
              style={{ width: 130 }}
            />
          </span>
          <span className="stack tight">
            <span className="soft small">{t('audience.interest.where')}</span>
            <Select mode="tags" disabled={!write} value={form.topics} onChange={(topics: string[]) => setForm({ ...form, topics })} />
          </span>
          {form.actions.map((a, i) => (
            <span key={i} className="row">
              <EventPicker value={a.event} onChange={(event) => action(i, { event })} width={200} />
              <InputNumber
                min={-100}
                max={100}
                disabled={!write}
                value={a.weight}
                onChange={(weight) => action(i, { weight: weight ?? 0 })}
                style={{ width: 76 }}
              />
              {a.per && (
                <span className="soft small">{t('audience.interest.per', { property: a.per.property, amount: a.per.amount })}</span>
              )}
              {write && (
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={t('common.delete')}
                  onClick={() => setForm({ ...form, actions: form.actions.filter((_, n) => n !== i) })}
                />
              )}
            </span>
          ))}
          {write && (
            <span className="row">
              <Button
                size="small"
                icon={<PlusOutlined />}
                onClick={() => setForm({ ...form, actions: [...form.actions, { event: '', weight: 1 }] })}
              >
                {t('common.add')}
              </Button>
              <Button size="small" type="primary" loading={busy} onClick={save} data-testid="save-interests">
                {t('common.save')}
              </Button>
            </span>
          )}
        </div>
      </Card>
    </div>
  );
}
