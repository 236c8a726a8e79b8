import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BuilderProps } from './builder-props.ts';
import { DonePicker } from './parts.tsx';
import type { Exclusion, Interval } from './state.ts';

/** Order, trend, and what must not happen in between. */
export function FunnelMore({ state, set }: BuilderProps) {
  const { t } = useTranslation();
  const steps = state.steps?.length ?? 2;
  const exclude = state.exclude ?? [];
  const change = (at: number, to: Partial<Exclusion>) => set({ exclude: exclude.map((one, i) => (i === at ? { ...one, ...to } : one)) });
  return (
    <>
      <Segmented
        value={state.order ?? 'ordered'}
        onChange={(order) => set({ order: order as 'ordered' })}
        options={(['ordered', 'strict', 'any'] as const).map((one) => ({ value: one, label: t(`insight.explore.order.${one}`) }))}
        data-testid="funnel-order"
      />
      <span className="soft small">{t('insight.explore.trendBy')}</span>
      <Select
        value={state.trend ?? 'none'}
        style={{ width: 92 }}
        onChange={(to: Interval | 'none') => set({ trend: to === 'none' ? undefined : to })}
        options={[
          { value: 'none', label: t('common.none') },
          ...(['day', 'week', 'month'] as const).map((one) => ({ value: one, label: t(`insight.explore.interval.${one}`) })),
        ]}
        data-testid="funnel-trend"
      />
      {exclude.map((one, at) => (
        <span key={at} className="row wrap" style={{ gap: 6 }}>
          <span className="soft small">{t('insight.explore.exclude')}</span>
          <DonePicker value={one} any={false} onChange={(done) => change(at, done)} testId={`exclude-${at + 1}`} />
          {state.order !== 'any' && (
            <>
              <InputNumber
                min={1}
                max={steps - 1}
                precision={0}
                value={one.from}
                onChange={(from) => from && change(at, { from })}
                style={{ width: 56 }}
              />
              –
              <InputNumber
                min={one.from + 1}
                max={steps}
                precision={0}
                value={one.to}
                onChange={(to) => to && change(at, { to })}
                style={{ width: 56 }}
              />
            </>
          )}
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t('rule.removeIt')}
            onClick={() => set({ exclude: exclude.filter((_, i) => i !== at) })}
          />
        </span>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        disabled={exclude.length >= 5}
        onClick={() => set({ exclude: [...exclude, { from: 1, to: steps }] })}
        data-testid="funnel-exclude"
      >
        {t('insight.explore.addExclude')}
      </Button>
    </>
  );
}
