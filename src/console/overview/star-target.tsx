import { useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { position } from '../api/position.ts';
import { STATE_COLOURS, usePositionWords } from '../insight/position-words.ts';
import { useFormat } from '../ui/format.ts';

/** How the north star stands against what was aimed at; or the way to aim. */
export function StarTarget() {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf, say } = usePositionWords();
  const { data } = useQuery({ queryKey: ['position', 'progress'], queryFn: position.progress, staleTime: 300_000, retry: false });
  if (!data) return null;
  const { northStar } = data;
  if (northStar.targets.length === 0)
    return (
      <Link to="/position" className="small" style={{ marginInlineStart: 8 }} data-testid="set-target">
        {t('position.setTarget')}
      </Link>
    );
  return (
    <div className="stack" style={{ gap: 2 }} data-testid="star-target">
      {northStar.targets.map((one) => (
        <Link key={`${one.from}:${one.by}`} to="/position" className="small" style={{ color: 'inherit' }}>
          {nameOf(one.metric, one.carrier)} <b className="num">{say(one.value, one.unit)}</b> / {say(one.target, one.unit)} ·{' '}
          {format.day(one.by)} <Tag color={STATE_COLOURS[one.state]}>{t(`position.state.${one.state}`)}</Tag>
        </Link>
      ))}
    </div>
  );
}

/** Targets by the metric and carrier that they are about, for whoever shows that number. */
export function useTargets(): (metric: string, carrier: string | null) => string | undefined {
  const { t } = useTranslation();
  const { say } = usePositionWords();
  const { data } = useQuery({ queryKey: ['position', 'progress'], queryFn: position.progress, staleTime: 300_000, retry: false });
  return (metric, carrier) => {
    const one = data?.targets.find((target) => target.metric === metric && target.carrier === carrier && !target.ahead);
    return (
      one &&
      t('position.metricTarget', {
        target: `${say(one.value, one.unit)} / ${say(one.target, one.unit)}`,
        state: t(`position.state.${one.state}`),
      })
    );
  };
}
