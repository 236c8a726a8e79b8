import { Table, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Person } from '../api/people.ts';
import type { KocBoard, Scored } from '../api/position.ts';
import { PersonLink } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { LevelTag, useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { TagPeople } from '../ui/tag-people.tsx';

/** How far each kind of doing moves the score: to the right up, to the left down. */
function Why({ one, board }: { one: Scored; board: KocBoard }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const most = Math.max(0.5, ...one.why.map((w) => Math.abs(w.contribution)));
  return (
    <div
      style={{ display: 'grid', gridTemplateColumns: '110px 32px 120px', justifyContent: 'start', columnGap: 8, alignItems: 'center' }}
      className="small"
    >
      {one.why
        .filter((w) => w.count > 0 || Math.abs(w.contribution) > 0.05)
        .map((w) => (
          <Tooltip
            key={w.feature}
            title={`${named(board.meta.definitions[`koc.${w.feature}`], '')} ${w.contribution >= 0 ? '+' : ''}${format.number(w.contribution, 2)}`}
          >
            <div style={{ display: 'contents' }}>
              <span className={w.count > 0 ? '' : 'soft'}>{t(`koc.feature.${w.feature}`)}</span>
              <b className="num" style={{ textAlign: 'right', opacity: w.count > 0 ? 1 : 0.4 }}>
                {format.number(w.count)}
              </b>
              <span style={{ position: 'relative', height: 8, background: 'var(--wash)', borderRadius: 4 }}>
                <span
                  style={{
                    position: 'absolute',
                    top: 0,
                    bottom: 0,
                    borderRadius: 4,
                    background: w.contribution >= 0 ? '#009E73' : '#D55E00',
                    left: w.contribution >= 0 ? '50%' : `${50 - (50 * -w.contribution) / most}%`,
                    width: `${(50 * Math.abs(w.contribution)) / most}%`,
                  }}
                />
              </span>
            </div>
          </Tooltip>
        ))}
    </div>
  );
}

export function KocTable({ rows, board }: { rows: Scored[]; board: KocBoard }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const fitted = board.model.kind === 'logistic';
  const definition = (key: string) => named(board.meta.definitions[`koc.${key}`], '');
  const score = (value: number) => (fitted ? format.percent(value) : format.number(value * 100, 0));
  const personOf = (one: Scored) => one.person as Person;
  return (
    <div className="stack tight">
      {rows.length > 0 && (
        <TagPeople size="small" ids={rows.map((one) => personOf(one).id)} label={t('people.tagThese', { n: rows.length })} />
      )}
      <Table
        size="small"
        rowKey={(one) => personOf(one).id}
        dataSource={rows}
        pagination={{ pageSize: 10, hideOnSinglePage: true }}
        scroll={{ x: 700 }}
        locale={{ emptyText: t('koc.noneYet') }}
        columns={[
          {
            title: t('common.name'),
            render: (_, one) => <PersonLink person={personOf(one)} sub={<LevelTag level={personOf(one).level} />} />,
          },
          {
            title: <Define text={definition(fitted ? 'probability' : 'score')}>{t(fitted ? 'koc.probability' : 'koc.score')}</Define>,
            align: 'right',
            render: (_, one) => <b className="num">{score(one.score)}</b>,
          },
          {
            title: <Define text={definition('rising')}>{t('koc.change')}</Define>,
            align: 'right',
            render: (_, one) => {
              const change = one.score - one.scoreBefore;
              return (
                <span className={`num ${change > 0.0005 ? 'good' : change < -0.0005 ? 'bad' : 'soft'}`}>
                  {change > 0.0005 ? '+' : ''}
                  {fitted ? t('common.points', { n: format.number(change * 100, 1) }) : format.number(change * 100, 1)}
                </span>
              );
            },
          },
          { title: <Define text={definition('contribution')}>{t('koc.why')}</Define>, render: (_, one) => <Why one={one} board={board} /> },
        ]}
      />
    </div>
  );
}
