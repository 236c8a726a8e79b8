import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input, InputNumber, Segmented, Select, Switch, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { type Definition, experiments } from '../api/experiments.ts';
import { useMay } from '../shell/session.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { ArmsForm } from './arms-form.tsx';
import { emptyMetric, MetricForm } from './metric-form.tsx';
import { PlanCard, usePlan } from './plan-card.tsx';
import { WhoForm } from './who-form.tsx';

interface Draft {
  name: string;
  definition: Definition;
}

const empty = (armName: (n: number) => string): Draft => ({
  name: '',
  definition: {
    ...{ hypothesis: '', subject: 'audience', on: { kind: 'audience', audienceId: '', entering: true }, control: 'a' },
    arms: [
      { key: 'a', name: armName(1), weight: 50 },
      { key: 'b', name: armName(2), weight: 50 },
    ],
    ...{ primary: emptyMetric('primary'), secondary: [], guards: [] },
    ...{ windowDays: 7, effect: 0.1, alpha: 0.05, power: 0.8, stratify: 'none', autoWinner: false },
  },
});

export default function ExperimentEditorPage() {
  const { id } = useParams();
  const { t } = useTranslation();
  const saved = useQuery({ queryKey: ['experiment', id], queryFn: () => experiments.get(id!), enabled: id !== undefined });
  if (id !== undefined && saved.isError) return <ProblemView error={saved.error} />;
  if (id !== undefined && !saved.data) return <Loading />;
  const first = saved.data ?? empty((n) => (n === 1 ? t('experiment.control') : 'B'));
  return <Editor key={id ?? 'new'} id={id} first={{ name: first.name, definition: first.definition }} />;
}

function Editor({ id, first }: { id: string | undefined; first: Draft }) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [draft, setDraft] = useState(first);
  const d = draft.definition;
  const set = (change: Partial<Definition>) => setDraft({ ...draft, definition: { ...d, ...change } });
  const placed = d.on.kind === 'api' || (d.on.kind === 'audience' ? d.on.audienceId !== '' : d.on.nodeId !== '');
  const ready = placed && d.primary.event !== '';
  const plan = usePlan(d, ready);
  const save = async () => {
    const kept = { name: draft.name, definition: { ...d, ...(plan.data?.people ? { people: plan.data.people } : {}) } };
    const one = id === undefined ? await experiments.create(kept) : await experiments.change(id, kept);
    await client.invalidateQueries({ queryKey: ['experiments'] });
    client.setQueryData(['experiment', one.id], one);
    return one;
  };
  const saving = useMutation({ mutationFn: save, onSuccess: (one) => navigate(`/experiments/${one.id}/edit`, { replace: true }) });
  const launching = useMutation({
    mutationFn: async () => experiments.launch((await save()).id),
    onSuccess: (one) => {
      client.setQueryData(['experiment', one.id], one);
      navigate(`/experiments/${one.id}`);
    },
  });
  const error = saving.error ?? launching.error;
  const complete = ready && draft.name.trim() !== '';
  const lists = ['secondary', 'guards'] as const;
  return (
    <Page
      title={t(id === undefined ? 'experiment.create' : 'experiment.edit')}
      tab={draft.name}
      testId="experiment-editor"
      extra={
        <>
          <Button disabled={!complete} loading={saving.isPending} onClick={() => saving.mutate()} data-testid="save-experiment">
            {t('experiment.save')}
          </Button>
          {may('experiments.launch') && (
            <Tooltip title={t('experiment.launchHint')}>
              <Button
                type="primary"
                disabled={!complete}
                loading={launching.isPending}
                onClick={() => launching.mutate()}
                data-testid="launch-experiment"
              >
                {t('experiment.launch')}
              </Button>
            </Tooltip>
          )}
        </>
      }
    >
      <div className="stack" style={{ maxWidth: 980 }}>
        {error && <ProblemView error={error} compact />}
        <Card size="small">
          <Form layout="vertical">
            <Form.Item label={t('common.name')} required>
              <Input
                value={draft.name}
                maxLength={120}
                data-testid="experiment-name"
                onChange={(e) => setDraft({ ...draft, name: e.target.value })}
              />
            </Form.Item>
            <Form.Item label={t('experiment.hypothesis')}>
              <Input.TextArea
                value={d.hypothesis}
                autoSize={{ minRows: 1, maxRows: 4 }}
                placeholder={t('experiment.hypothesisHint')}
                onChange={(e) => set({ hypothesis: e.target.value })}
              />
            </Form.Item>
            <Form.Item label={t('experiment.who')} required style={{ marginBottom: 0 }}>
              <WhoForm definition={d} onChange={set} />
            </Form.Item>
          </Form>
        </Card>
        <ArmsForm definition={d} onChange={set} />
        <Card size="small" title={t('experiment.primary')}>
          <MetricForm value={d.primary} onChange={(primary) => set({ primary })} />
          <div className="row wrap" style={{ gap: 16, marginTop: 12 }}>
            <Tooltip title={t('experiment.windowHint')}>
              <InputNumber
                value={d.windowDays}
                min={1}
                max={90}
                style={{ width: 170 }}
                prefix={<span className="soft small">{t('experiment.window')}</span>}
                suffix={t('experiment.days')}
                onChange={(windowDays) => set({ windowDays: windowDays ?? 7 })}
              />
            </Tooltip>
            <InputNumber
              value={Math.round(d.effect * 1000) / 10}
              min={0.1}
              max={1000}
              style={{ width: 250 }}
              prefix={<span className="soft small">{t('experiment.effect')}</span>}
              suffix="%"
              onChange={(effect) => set({ effect: (effect ?? 10) / 100 })}
            />
          </div>
        </Card>
        <PlanCard query={plan} kind={d.primary.kind} ready={ready} />
        {lists.map((list) => (
          <Card key={list} size="small" title={t(`experiment.${list}`)}>
            <div className="stack tight">
              {list === 'guards' && <span className="soft small">{t('experiment.guardHint')}</span>}
              {d[list].map((one, i) => (
                <MetricForm
                  key={one.key}
                  value={one}
                  onChange={(next) => set({ [list]: d[list].map((other, j) => (j === i ? next : other)) })}
                  onRemove={() => set({ [list]: d[list].filter((_, j) => j !== i) })}
                />
              ))}
              <div>
                <Button
                  type="link"
                  icon={<PlusOutlined />}
                  style={{ padding: 0 }}
                  onClick={() => {
                    const key = `${list}_${Math.max(0, ...d[list].map((m) => Number(m.key.split('_')[1] ?? 0))) + 1}`;
                    set({
                      [list]: [...d[list], list === 'guards' ? { ...emptyMetric(key), better: 'down', limit: 0.1 } : emptyMetric(key)],
                    });
                  }}
                >
                  {t(list === 'guards' ? 'experiment.addGuard' : 'experiment.addMetric')}
                </Button>
              </div>
            </div>
          </Card>
        ))}
        <Card size="small">
          <div className="row wrap" style={{ gap: 20 }}>
            {d.on.kind !== 'journey' && (
              <span className="row" style={{ gap: 8 }}>
                {t('experiment.stratify')}
                <Segmented
                  value={d.stratify}
                  onChange={(stratify) => set({ stratify })}
                  options={(['none', 'stage', 'level'] as const).map((one) => ({ value: one, label: t(`experiment.strata.${one}`) }))}
                />
              </span>
            )}
            <span className="row" style={{ gap: 8 }}>
              <Switch checked={d.autoWinner} onChange={(autoWinner) => set({ autoWinner })} aria-label={t('experiment.autoWinner')} />
              {t('experiment.autoWinner')}
            </span>
            <span className="row" style={{ gap: 8 }}>
              α
              <Select
                value={d.alpha}
                style={{ width: 90 }}
                onChange={(alpha) => set({ alpha })}
                options={[0.01, 0.05, 0.1].map((value) => ({ value, label: `${value * 100} %` }))}
              />
            </span>
          </div>
        </Card>
      </div>
    </Page>
  );
}
