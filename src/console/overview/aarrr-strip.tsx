import { AimOutlined } from '@ant-design/icons';
import { Card, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AarrrRow, AarrrStage, Meta } from '../api/insight.ts';
import { Reveal } from '../ui/bits.tsx';
import { type Format, useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { useTargets } from './star-target.tsx';

const STAGES: AarrrStage[] = ['acquisition', 'activation', 'retention', 'revenue', 'referral'];
const LEAD: Record<AarrrStage, string> = {
  acquisition: 'acquisition.new',
  activation: 'activation.activated',
  retention: 'retention.active',
  revenue: 'revenue.revenue',
  referral: 'referral.accepted',
};

function shownValue(row: AarrrRow, format: Format): string {
  if (row.value === null) return '–';
  if (row.unit === 'share') return format.percent(row.value);
  if (row.unit === 'fen') return Math.abs(row.value) >= 10_000_000 ? format.fenShort(row.value) : format.fen(row.value);
  return row.unit === 'ratio' ? format.number(row.value, 3) : format.number(row.value);
}

/** Growth against the period before; shares are compared by their difference instead. */
function changeOf(row: AarrrRow): number | null {
  if (row.value === null || row.previous === null) return null;
  if (row.unit === 'share') return row.value - row.previous;
  return row.previous === 0 ? null : row.value / row.previous - 1;
}

interface StripProps {
  rows: AarrrRow[];
  meta: Meta & { days: number };
  question: object;
}

export function AarrrStrip({ rows, meta, question }: StripProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const targetOf = useTargets();
  const [read, write] = useUrl();
  const carriers = [...new Set(rows.map((row) => row.carrier).filter((one) => one !== null))];
  const asked = read('carrier');
  const carrier = asked === undefined ? null : asked === 'other' ? '' : asked;
  const carrierName = (key: string) => t(`common.carrier.${key || 'other'}`, key);
  const shown = rows.filter((row) => row.carrier === carrier);
  const definition = (row: AarrrRow) => named(meta.definitions[row.definition], '');
  const unit = (row: AarrrRow) =>
    row.unit === 'people' ? t('common.people') : row.metric === 'revenue.orders' ? t('common.orders') : undefined;
  const reveal = (row: AarrrRow) =>
    open({ title: t(`overview.metric.${row.metric}`), definition: definition(row), source: { kind: 'insight', question, cell: row.cell } });
  const note = (row: AarrrRow) => {
    if (!row.interval) return undefined;
    if (!row.interval.enough) return t('common.enough');
    return t('common.interval', { low: format.percent(row.interval.low), high: format.percent(row.interval.high) });
  };
  return (
    <Card
      size="small"
      title={<Define text={t('common.lastDays', { n: meta.days })}>{t('overview.aarrr')}</Define>}
      extra={
        <Select
          size="small"
          value={asked ?? 'all'}
          style={{ minWidth: 130 }}
          onChange={(next) => write({ carrier: next === 'all' ? null : next })}
          options={[
            { value: 'all', label: t('common.carrier.all') },
            ...carriers.map((one) => ({ value: one || 'other', label: carrierName(one) })),
          ]}
          data-testid="carrier"
        />
      }
      data-testid="aarrr"
    >
      <div className="aarrr">
        {STAGES.map((stage) => {
          const own = shown.filter((row) => row.stage === stage);
          const lead = own.find((row) => row.metric === LEAD[stage]);
          return (
            <section key={stage} className="stack tight" data-testid={`aarrr-${stage}`}>
              <b className="small">{t(`overview.stage.${stage}`)}</b>
              {lead ? (
                <Metric
                  label={t(`overview.metric.${lead.metric}`)}
                  definition={definition(lead)}
                  value={shownValue(lead, format)}
                  unit={unit(lead)}
                  change={changeOf(lead)}
                  points={lead.unit === 'share'}
                  changeOf={t('overview.versus', { n: meta.days })}
                  onClick={() => reveal(lead)}
                  foot={
                    <>
                      {note(lead) && <div>{note(lead)}</div>}
                      {targetOf(lead.metric, carrier) && <div>{targetOf(lead.metric, carrier)}</div>}
                    </>
                  }
                />
              ) : (
                <span className="soft">–</span>
              )}
              <div className="stack" style={{ gap: 2 }}>
                {own
                  .filter((row) => row !== lead)
                  .map((row) => (
                    <div key={row.metric} className="row between small">
                      <span className="soft">
                        <Define text={[definition(row), note(row)].filter(Boolean).join(' · ')}>
                          {t(`overview.metric.${row.metric}`)}
                        </Define>
                      </span>
                      <Reveal onClick={() => reveal(row)} title={targetOf(row.metric, carrier)}>
                        {shownValue(row, format)}
                        {targetOf(row.metric, carrier) && <AimOutlined style={{ marginLeft: 4 }} />}
                      </Reveal>
                    </div>
                  ))}
              </div>
            </section>
          );
        })}
      </div>
    </Card>
  );
}
