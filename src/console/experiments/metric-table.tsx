import { Card, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ComparisonView, MetricResult, Results } from '../api/experiments.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { differenceWords, intervalWords, type Points, valueWords } from './words.ts';

const COLOURS = { better: 'success', worse: 'error', unclear: 'default' } as const;

/** Better, worse, or not clear; by words as well as by colour. */
export function Says({ says }: { says: ComparisonView['says'] }) {
  const { t } = useTranslation();
  return <Tag color={COLOURS[says]}>{t(`experiment.says.${says}`)}</Tag>;
}

/** One metric: what each arm came to, and how it stands against the control. Every number leads to its people. */
export function MetricTable({ id, results, metric }: { id: string; results: Results; metric: MetricResult }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const points: Points = (values) => t('common.points', values);
  const difference = (value: number) => differenceWords(format, metric.kind, value, points);
  const rows = metric.arms.map((arm) => ({
    ...arm,
    of: results.arms.find((a) => a.key === arm.arm)!,
    against: metric.comparisons.find((c) => c.arm === arm.arm),
  }));
  const cuped = Math.max(0, ...metric.comparisons.map((c) => c.cuped));
  const people = (arm: string, name: string, count: number, did?: boolean) => (
    <Reveal
      onClick={() =>
        open({
          title: `${name} · ${metric.name}`,
          count,
          source: { kind: 'experiment', id, arm, counted: true, ...(did === undefined ? {} : { metric: metric.key, did }) },
        })
      }
    >
      {format.number(count)}
    </Reveal>
  );
  return (
    <Card
      size="small"
      title={
        <span className="row wrap" style={{ gap: 8 }}>
          {metric.name}
          <Tag>{t(`experiment.role.${metric.role}`)}</Tag>
          <span className="soft small">{t(`experiment.kind.${metric.kind}`)}</span>
          {metric.guard && (
            <Tag color={metric.guard.broken.length > 0 ? 'error' : 'success'}>
              {t(metric.guard.broken.length > 0 ? 'experiment.broken' : 'experiment.held')}
            </Tag>
          )}
        </span>
      }
    >
      <Table<(typeof rows)[number]>
        rowKey="arm"
        size="small"
        pagination={false}
        scroll={{ x: 860 }}
        dataSource={rows}
        columns={[
          {
            title: t('experiment.arm'),
            key: 'arm',
            fixed: 'left',
            render: (_, r) => (
              <span className="row" style={{ gap: 6 }}>
                {r.of.name}
                {r.of.control && <Tag>{t('experiment.control')}</Tag>}
              </span>
            ),
          },
          { title: t('experiment.people'), key: 'people', align: 'right', render: (_, r) => people(r.arm, r.of.name, r.people) },
          { title: t('experiment.did'), key: 'did', align: 'right', render: (_, r) => people(r.arm, r.of.name, r.did, true) },
          {
            title: t('experiment.mean'),
            key: 'mean',
            align: 'right',
            render: (_, r) =>
              r.low === null ? (
                <span className="soft small">{t('experiment.tooFew')}</span>
              ) : (
                <span className="num">
                  {valueWords(format, metric.kind, r.mean)}
                  <div className="soft small">
                    {valueWords(format, metric.kind, r.low)} … {valueWords(format, metric.kind, r.high)}
                  </div>
                </span>
              ),
          },
          {
            title: <Define text={t('experiment.differenceMeans')}>{t('experiment.difference')}</Define>,
            key: 'difference',
            align: 'right',
            render: (_, r) =>
              r.against ? (
                <span className="num">
                  {difference(r.against.difference.value)}{' '}
                  {r.against.relative && <span className="soft">({format.percent(r.against.relative.value)})</span>}
                  <div className="soft small">{intervalWords(format, metric.kind, r.against.difference, points)}</div>
                </span>
              ) : (
                '–'
              ),
          },
          {
            title: t('experiment.p'),
            key: 'p',
            render: (_, r) =>
              r.against ? (
                <span className="row" style={{ gap: 6 }}>
                  <Says says={r.against.says} />
                  <span className="soft small num">{r.against.adjustedP < 0.001 ? '< 0.001' : format.number(r.against.adjustedP, 3)}</span>
                </span>
              ) : (
                '–'
              ),
          },
          {
            title: <Define text={t('experiment.chanceMeans')}>{t('experiment.chance')}</Define>,
            key: 'chance',
            align: 'right',
            render: (_, r) => (r.against ? format.percent(r.against.bayes.chance) : '–'),
          },
          {
            title: <Define text={t('experiment.lossMeans')}>{t('experiment.loss')}</Define>,
            key: 'loss',
            align: 'right',
            render: (_, r) =>
              r.expectedLoss === null ? '–' : differenceWords(format, metric.kind, r.expectedLoss, points).replace('+', ''),
          },
          {
            title: <Define text={t('experiment.incrementalMeans')}>{t('experiment.incremental')}</Define>,
            key: 'incremental',
            align: 'right',
            render: (_, r) => {
              if (!r.against) return '–';
              const say = (v: number) => (metric.kind === 'value' ? format.fenShort(v) : format.number(v, 0));
              const { value, low, high } = r.against.incremental;
              return (
                <span className="num">
                  {say(value)}
                  <div className="soft small">
                    {say(low)} … {say(high)}
                  </div>
                </span>
              );
            },
          },
        ]}
      />
      {cuped > 0.005 && <div className="soft small">{t('experiment.cuped', { share: format.percent(cuped) })}</div>}
    </Card>
  );
}
