import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { worth } from '../api/value.ts';
import { useFormat } from '../ui/format.ts';
import { Hint } from '../ui/page.tsx';
import { HeatTag } from './heat-tag.tsx';

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="row between" style={{ padding: '3px 0', alignItems: 'baseline' }}>
      <span className="soft small">{name}</span>
      <span style={{ textAlign: 'right' }}>{children}</span>
    </div>
  );
}

/** What one person is worth, and how ready to buy. */
export function ValueCard({ personId }: { personId: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const value = useQuery({ queryKey: ['person', personId, 'value'], queryFn: () => worth.ofPerson(personId), staleTime: 60_000 });
  const heat = useQuery({ queryKey: ['person', personId, 'heat'], queryFn: () => worth.heatOfPerson(personId), staleTime: 60_000 });
  const found = value.data?.value;
  const ready = heat.data?.heat;
  const none = !value.data
    ? '…'
    : !value.data.fit
      ? t('value.cardUnfit')
      : !found
        ? t('value.cardAbsent')
        : found.buyer
          ? undefined
          : t('value.cardNone');
  const cold = !heat.data
    ? '…'
    : !heat.data.fit
      ? t('heat.cardUnfit')
      : heat.data.fit.state === 'thin'
        ? t('heat.cardThin')
        : ready
          ? undefined
          : t('heat.cardNone');
  return (
    <Card size="small" title={`${t('value.card')} · ${t('heat.card')}`} data-testid="value-card">
      {none && <div className="soft small">{`${t('value.card')}: ${none}`}</div>}
      {found?.buyer && (
        <>
          <Line name={t('value.clv')}>
            <b className="num">{format.fen(found.clv)}</b>
          </Line>
          {found.value365 && (
            <Line name={t('value.value365')}>
              <span className="num">{format.fen(found.value365.expected)}</span>
              <div className="soft small num">
                {t('value.range', { low: format.fenShort(found.value365.low), high: format.fenShort(found.value365.high) })}{' '}
                <Hint text={t('value.rangeHint')} />
              </div>
            </Line>
          )}
          {found.orders365 && (
            <Line name={t('value.orders365')}>
              <span className="num">{format.number(found.orders365.expected, 1)}</span>
            </Line>
          )}
          {found.alive !== null && <Line name={t('value.alive')}>{format.percent(found.alive, 0)}</Line>}
        </>
      )}
      {found && found.downline > 0 && (
        <Line name={t('value.spread')}>
          <span className="num">{format.fen(found.spread)}</span>
          <div className="soft small">{t('value.downline', { n: found.downline })}</div>
        </Line>
      )}
      {cold && <div className="soft small">{`${t('heat.card')}: ${cold}`}</div>}
      {ready && (
        <>
          <Line name={t('heat.chance')}>
            <HeatTag band={ready.band} /> <b className="num">{format.percent(ready.chance, 0)}</b>
            <div className="soft small num">{t('heat.times', { n: format.number(ready.times, 1) })}</div>
          </Line>
          {ready.reasons.map((reason) => (
            <div key={reason.event} className="soft small">
              {i18n.language === 'en' ? reason.words.en : reason.words.zh}
            </div>
          ))}
          <div className="soft small num" style={{ marginTop: 4 }}>
            {t('heat.fades')}:{' '}
            {ready.decay
              .filter((one) => [3, 7, 14].includes(one.days))
              .map((one) => `${t('heat.inDays', { n: one.days })} ${format.percent(one.chance, 0)}`)
              .join(' · ')}
          </div>
        </>
      )}
    </Card>
  );
}
