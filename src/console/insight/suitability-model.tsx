import { Button, Card, InputNumber, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PoolModel, Suitability, SuitabilityRow } from '../api/position.ts';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { useCategoryName } from './suitability-curves.tsx';
import { VERDICT_COLOURS } from './suitability-table.tsx';

const CASES = ['low', 'likely', 'high'] as const;
const GUESSES = ['reach', 'uplift', 'margin', 'costFen'] as const;

interface ModelProps {
  row: SuitabilityRow;
  meta: Suitability['meta'];
  model: PoolModel | undefined;
  onChange: (model: PoolModel | undefined) => void;
}

/** What a pool could add: the guesses, to be edited, and what follows from them for the category that is chosen. */
export function SuitabilityModel({ row, meta, model, onChange }: ModelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const nameOf = useCategoryName();
  const used = (meta.question as { model: PoolModel }).model;
  const shown = model ?? used;
  const { pool } = row;
  const money = (fen: number) => <span className={fen < 0 ? 'bad num' : 'num'}>{format.fen(fen)}</span>;
  const breaks = pool?.breakEven;
  return (
    <Card
      size="small"
      title={
        <Define text={named(meta.definitions['suitability.pool'], '')}>
          {t('suitability.poolTitle')} · {nameOf(row.category)}
        </Define>
      }
      extra={pool && <Tag color={VERDICT_COLOURS[pool.verdict]}>{t(`suitability.${pool.verdict}`)}</Tag>}
      data-testid="suitability-model"
    >
      <div style={{ overflowX: 'auto' }}>
        <table className="cohorts" style={{ minWidth: 420, textAlign: 'right' }}>
          <thead>
            <tr>
              <th style={{ textAlign: 'left' }}>{t('suitability.assumptions')}</th>
              {CASES.map((one) => (
                <th key={one}>{t(`suitability.${one}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {GUESSES.map((guess) => (
              <tr key={guess}>
                <td style={{ textAlign: 'left' }}>{t(`suitability.${guess}`)}</td>
                {CASES.map((one) => (
                  <td key={one}>
                    <InputNumber
                      size="small"
                      min={0}
                      max={guess === 'reach' || guess === 'margin' ? 100 : 1_000_000}
                      precision={2}
                      style={{ width: 104 }}
                      suffix={guess === 'costFen' ? undefined : '%'}
                      value={Math.round(shown[guess][one] * (guess === 'costFen' ? 1 : 10_000)) / 100}
                      onChange={(value) =>
                        value !== null &&
                        onChange({
                          ...shown,
                          [guess]: { ...shown[guess], [one]: guess === 'costFen' ? Math.round(value * 100) : value / 100 },
                        })
                      }
                      data-testid={`model-${guess}-${one}`}
                    />
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <td style={{ textAlign: 'left' }}>{t('suitability.fixedFen')}</td>
              <td colSpan={3}>
                <InputNumber
                  size="small"
                  min={0}
                  style={{ width: 140 }}
                  value={shown.fixedFen / 100}
                  onChange={(value) => value !== null && onChange({ ...shown, fixedFen: Math.round(value * 100) })}
                />
              </td>
            </tr>
            {pool &&
              (['members', 'extraOrders', 'perMember', 'total'] as const).map((key) => (
                <tr key={key}>
                  <td style={{ textAlign: 'left' }}>{key === 'total' ? <b>{t('suitability.total')}</b> : t(`suitability.${key}`)}</td>
                  {CASES.map((one) => {
                    const worth = pool.cases[one];
                    return (
                      <td key={one}>
                        {key === 'total' ? (
                          <b>{money(worth.totalFen)}</b>
                        ) : key === 'perMember' ? (
                          money(worth.perMemberFen)
                        ) : (
                          <span className="num">{format.number(worth[key])}</span>
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      {breaks && (
        <div className="row wrap small" style={{ marginTop: 10 }}>
          <b>
            <Define text={named(meta.definitions['suitability.breakEven'], '')}>{t('suitability.breakEven')}</Define>
          </b>
          <span className="num">
            {breaks.uplift === null ? t('suitability.noUplift') : t('suitability.breakUplift', { x: format.percent(breaks.uplift) })}
          </span>
          {breaks.perYear !== null && <span className="num">{t('suitability.breakYear', { x: format.number(breaks.perYear, 2) })}</span>}
          <span className="num">{t('suitability.breakCost', { x: format.fen(breaks.costFen) })}</span>
        </div>
      )}
      {model && (
        <Button size="small" type="link" onClick={() => onChange(undefined)}>
          {t('suitability.reset')}
        </Button>
      )}
    </Card>
  );
}
