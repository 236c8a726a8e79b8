import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Reveal } from './bits.tsx';
import { useFormat } from './format.ts';
import { Define } from './page.tsx';

interface MetricProps {
  label: string;
  value: ReactNode;
  unit?: string;
  definition?: string;
  /** Change against the period before, as a part: 0.12 is +12 %. */
  change?: number | null;
  changeOf?: string;
  /** The change is a difference of shares, to be said in percentage points. */
  points?: boolean;
  /** False when less is better. */
  upIsGood?: boolean;
  foot?: ReactNode;
  onClick?: () => void;
  testId?: string;
}

export function Metric({ label, value, unit, definition, change, points, changeOf, upIsGood = true, foot, onClick, testId }: MetricProps) {
  const format = useFormat();
  const { t } = useTranslation();
  const body = (
    <span style={{ fontSize: 24, fontWeight: 600, lineHeight: 1.25 }} className="num">
      {value}
      {unit && (
        <span className="soft" style={{ fontSize: 13, fontWeight: 400, marginLeft: 4 }}>
          {unit}
        </span>
      )}
    </span>
  );
  const better = change !== null && change !== undefined && change !== 0 ? change > 0 === upIsGood : undefined;
  return (
    <div className="stack" style={{ gap: 2, minWidth: 0 }} data-testid={testId}>
      <span className="soft" style={{ fontSize: 13 }}>
        <Define text={definition}>{label}</Define>
      </span>
      {onClick ? (
        <Reveal onClick={onClick} title={t('common.drawerHint')}>
          {body}
        </Reveal>
      ) : (
        body
      )}
      <span className="small soft num">
        {change !== null && change !== undefined && Number.isFinite(change) && (
          <span className={better === undefined ? '' : better ? 'good' : 'bad'} style={{ marginRight: 6 }}>
            {change > 0 ? <ArrowUpOutlined /> : change < 0 ? <ArrowDownOutlined /> : '='}{' '}
            {points ? t('common.points', { n: format.number(Math.abs(change) * 100, 1) }) : format.percent(Math.abs(change))}
          </span>
        )}
        {change !== null && change !== undefined && changeOf}
        {foot}
      </span>
    </div>
  );
}
