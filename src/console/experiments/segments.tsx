import { Alert, Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Results } from '../api/experiments.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { Says } from './metric-table.tsx';
import { differenceWords, intervalWords, type Points } from './words.ts';

type Segment = Results['segments']['stage'][number];

/** The primary metric by where people stood when they were assigned, with the warning that belongs to it. */
export function Segments({ id, results }: { id: string; results: Results }) {
  const { t } = useTranslation();
  const format = useFormat();
  const labels = useLabels();
  const open = usePeopleDrawer();
  const kind = results.metrics[0]!.kind;
  const points: Points = (values) => t('common.points', values);
  const say = (value: number) => differenceWords(format, kind, value, points);
  const named = (of: 'stage' | 'level', key: string) => (key ? labels.label(`${of}s`, key) : '–');
  return (
    <Card size="small" title={t('experiment.segments')}>
      <div className="stack">
        <Alert type="warning" showIcon title={t('experiment.fishing')} />
        {(['stage', 'level'] as const).map((of) => (
          <Table<Segment>
            key={of}
            rowKey="key"
            size="small"
            pagination={false}
            scroll={{ x: 560 }}
            dataSource={results.segments[of]}
            columns={[
              { title: t(`experiment.${of}`), key: 'key', width: 130, render: (_, s) => named(of, s.key) },
              {
                title: t('experiment.people'),
                key: 'people',
                align: 'right',
                width: 100,
                render: (_, s) => (
                  <Reveal
                    onClick={() =>
                      open({
                        title: named(of, s.key),
                        count: s.people,
                        source: { kind: 'experiment', id, counted: true, [of]: s.key },
                      })
                    }
                  >
                    {format.number(s.people)}
                  </Reveal>
                ),
              },
              {
                title: t('experiment.difference'),
                key: 'difference',
                render: (_, s) =>
                  s.comparisons.length === 0 ? (
                    <span className="soft small">{t('experiment.tooFew')}</span>
                  ) : (
                    s.comparisons.map((c) => (
                      <div key={c.arm} className="row wrap num" style={{ gap: 8 }}>
                        <span>{results.arms.find((a) => a.key === c.arm)?.name}</span>
                        <span>{say(c.difference.value)}</span>
                        <span className="soft small">{intervalWords(format, kind, c.difference, points)}</span>
                        <Says says={c.says} />
                      </div>
                    ))
                  ),
              },
            ]}
          />
        ))}
      </div>
    </Card>
  );
}
