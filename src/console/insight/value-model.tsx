import { Card, Table, Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValueFit } from '../api/value.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';

type Candidate = NonNullable<ValueFit['model']>['candidates'][number];

const grid = { left: 4, right: 12, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

/** Which model was taken and why, and how it stands against what happened. */
export function ValueModel({ fit }: { fit: ValueFit }) {
  const { t } = useTranslation();
  const format = useFormat();
  const model = fit.model!;
  const { holdout } = model;
  const chosen = model.candidates.find((one) => one.key === model.model)!;
  const digits = (value: number) => value.toLocaleString(format.locale, { maximumSignificantDigits: 3 });
  const bars = useMemo(
    () => ({
      grid,
      legend: { top: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => format.number(value, 2) },
      xAxis: { type: 'category', data: holdout?.groups.map((g) => g.x) ?? [], name: '' },
      yAxis: { type: 'value', name: t('value.perHead'), nameTextStyle: { align: 'left' } },
      series: [
        { type: 'bar', name: t('value.happened'), data: holdout?.groups.map((g) => g.happened / g.people) },
        { type: 'bar', name: t('value.foretold'), data: holdout?.groups.map((g) => g.foretold / g.people) },
      ],
    }),
    [holdout, format, t],
  );
  const lines = useMemo(
    () => ({
      grid,
      legend: { top: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => format.number(value) },
      xAxis: { type: 'category', boundaryGap: false, data: model.tracking.map((one) => t('value.week', { n: one.week })) },
      yAxis: { type: 'value', axisLabel: { formatter: (value: number) => format.short(value) } },
      series: [
        { type: 'line', showSymbol: false, name: t('value.happened'), data: model.tracking.map((one) => one.happened) },
        {
          type: 'line',
          showSymbol: false,
          name: t('value.foretold'),
          data: model.tracking.map((one) => one.expected),
          lineStyle: { type: 'dashed' },
        },
      ],
    }),
    [model.tracking, format, t],
  );
  const sum = holdout?.groups.reduce((n, g) => n + g.foretold, 0) ?? 0;
  return (
    <Card size="small" title={t('value.model')} data-testid="value-model">
      <div className="stack">
        <div>
          {t('value.chosen')}: <b>{chosen.name}</b> <span className="soft">— {t(`value.${model.reason}`)}</span>
        </div>
        <Table<Candidate>
          size="small"
          rowKey="key"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={[...model.candidates]}
          columns={[
            {
              title: '',
              render: (_, one) => (
                <>
                  {one.name} {one.key === model.model && <Tag color="blue">{t('value.chosen')}</Tag>}
                </>
              ),
            },
            {
              title: t('value.logLikelihood'),
              align: 'right',
              render: (_, one) => <span className="num">{format.number(one.fit.logLikelihood, 1)}</span>,
            },
            {
              title: t('value.parameter'),
              // Numbers that cannot be told are not shown as if they could.
              render: (_, one) =>
                one.fit.unsure ? (
                  <span className="soft">{t(`value.unsure.${one.fit.unsure}`)}</span>
                ) : (
                  <span className="num small">
                    {one.names
                      .map((name, i) => `${name} ${digits(one.fit.parameters[i]!)} ± ${digits(one.fit.standardErrors?.[i] ?? 0)}`)
                      .join(' · ')}
                  </span>
                ),
            },
            {
              title: t('value.holdoutError'),
              align: 'right',
              render: (_, one) =>
                one.error === null || !holdout ? (
                  '–'
                ) : (
                  <span className="num">
                    {format.percent(one.error / Math.max(1e-9, holdout.happened / holdout.groups.reduce((n, g) => n + g.people, 0)))}
                  </span>
                ),
            },
          ]}
        />
        <div className="soft small">
          {t(`value.spending.${fit.spending.by}`)}
          {fit.spending.correlation !== null && ` · ${t('value.correlation', { r: format.number(fit.spending.correlation, 2) })}`}
        </div>
        <div className="grid two">
          <div>
            <b>{holdout ? t('value.holdout', { days: holdout.days }) : t('value.noHoldout')}</b>
            {holdout && (
              <>
                <div className="soft small">
                  {t('value.holdoutWords', {
                    days: holdout.days,
                    foretold: format.number(sum),
                    happened: format.number(holdout.happened),
                    ratio: format.percent(holdout.happened > 0 ? sum / holdout.happened : null, 0),
                  })}
                </div>
                <Chart option={bars} height={240} label={t('value.holdout', { days: holdout.days })} />
                <div className="soft small" style={{ textAlign: 'center' }}>
                  {t('value.holdoutX')}
                </div>
              </>
            )}
          </div>
          <div>
            <b>{t('value.tracking')}</b>
            <Chart option={lines} height={280} label={t('value.tracking')} />
          </div>
        </div>
      </div>
    </Card>
  );
}
