import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, InputNumber, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type KocBoard, type KocSettings, koc } from '../api/position.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { useSay } from '../ui/undo.tsx';

/** By which model, with its numbers; and the weights, to be set. */
export function KocModelCard({ board, stated }: { board: KocBoard; stated: { settings: KocSettings } }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const may = useMay();
  const open = usePeopleDrawer();
  const client = useQueryClient();
  const say = useSay();
  const [settings, setSettings] = useState(stated.settings);
  const changed = JSON.stringify(settings) !== JSON.stringify(stated.settings);
  const { model, meta } = board;
  const definition = (key: string) => named(meta.definitions[`koc.${key}`], '');
  const save = async () => {
    try {
      await koc.put({ ...stated.settings, weights: settings.weights, windowDays: settings.windowDays, model: settings.model });
      await client.invalidateQueries({ queryKey: ['koc'] });
      say.saved();
    } catch (error) {
      say.failed(error);
    }
  };
  const text =
    model.kind === 'logistic'
      ? t('koc.logisticText', { people: format.number(model.people), n: format.number(model.positives), days: model.horizonDays })
      : stated.settings.model === 'weights'
        ? t('koc.weightsChosen')
        : t('koc.weightsText', { n: format.number(model.positives), days: model.horizonDays, enough: model.enoughKocs });
  const option = useMemo(
    () => ({
      grid: { left: 4, right: 8, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: { trigger: 'item' },
      xAxis: { type: 'category', data: board.histogram.map((bin) => `${Math.round(bin.from * 100)}–${Math.round(bin.to * 100)}`) },
      // Most people have low scores; a plain axis would hide the few who matter.
      yAxis: { type: 'log', min: 0.5, axisLabel: { formatter: (v: number) => (v < 1 ? '0' : format.short(v)) } },
      series: [{ type: 'bar', data: board.histogram.map((bin) => bin.people || null) }],
    }),
    [board, format],
  );
  return (
    <Card size="small" title={t('koc.model')} extra={<b className="small">{t(`koc.${model.kind}`)}</b>} data-testid="koc-model">
      <div className="stack">
        <span>{text}</span>
        <div className="grid two koc-model" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 320px), 1fr))' }}>
          <div style={{ overflowX: 'auto' }}>
            <table className="cohorts" style={{ width: '100%' }}>
              <thead>
                <tr>
                  <th aria-label={t('koc.why')} />
                  <th>{t('koc.did')}</th>
                  <th>{t('koc.coefficient')}</th>
                  <th>{t('koc.weight')}</th>
                </tr>
              </thead>
              <tbody>
                {model.terms.map((term, at) => {
                  const error = model.standardErrors?.[at + 1];
                  return (
                    <tr key={term.feature}>
                      <td style={{ textAlign: 'left' }}>
                        <Define text={definition(term.feature)}>{t(`koc.feature.${term.feature}`)}</Define>
                      </td>
                      <td>
                        <Reveal
                          onClick={() =>
                            open({
                              title: t(`koc.feature.${term.feature}`),
                              count: board.did[term.feature],
                              definition: definition(term.feature),
                              source: { kind: 'insight', question: meta.question, cell: { did: term.feature } },
                            })
                          }
                        >
                          {format.number(board.did[term.feature])}
                        </Reveal>
                      </td>
                      <td className="num">
                        {format.number(term.coefficient, 2)}
                        {error !== undefined && <span className="soft small"> ± {format.number(1.96 * error, 2)}</span>}
                      </td>
                      <td>
                        <InputNumber
                          size="small"
                          min={0}
                          max={100}
                          style={{ width: 68 }}
                          disabled={!may('definitions.write')}
                          value={settings.weights[term.feature]}
                          onChange={(next) =>
                            next !== null && setSettings({ ...settings, weights: { ...settings.weights, [term.feature]: next } })
                          }
                          data-testid={`weight-${term.feature}`}
                        />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {may('definitions.write') && (
              <div className="row wrap" style={{ marginTop: 8 }}>
                <span className="soft small">{t('koc.windowDays')}</span>
                <InputNumber
                  size="small"
                  min={30}
                  max={1095}
                  precision={0}
                  value={settings.windowDays}
                  onChange={(next) => next && setSettings({ ...settings, windowDays: next })}
                />
                <Segmented
                  size="small"
                  value={settings.model}
                  onChange={(next) => setSettings({ ...settings, model: next as KocSettings['model'] })}
                  options={[
                    { value: 'auto', label: t('koc.auto') },
                    { value: 'weights', label: t('koc.always') },
                  ]}
                />
                <Button size="small" type="primary" disabled={!changed} onClick={() => void save()} data-testid="save-koc">
                  {t('common.save')}
                </Button>
              </div>
            )}
          </div>
          <div>
            <div className="soft small">{t('koc.histogram')}</div>
            <Chart
              option={option}
              height={190}
              label={t('koc.histogram')}
              onClick={(what) => {
                const bin = board.histogram[what.dataIndex];
                if (bin)
                  open({
                    title: `${t('koc.histogram')}: ${what.name}`,
                    count: bin.people,
                    source: { kind: 'insight', question: meta.question, cell: bin.cell },
                  });
              }}
            />
          </div>
        </div>
      </div>
    </Card>
  );
}
