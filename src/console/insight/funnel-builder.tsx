import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { WhereEditor } from '../rules/where-editor.tsx';
import { SpanInput } from '../rules/window-input.tsx';
import { EventPicker } from '../ui/pickers.tsx';
import type { Done, ExploreState } from './explore/state.ts';

type FunnelState = Required<Pick<ExploreState, 'steps'>> & Pick<ExploreState, 'within'>;

const PRESETS: { key: 'presetShop' | 'presetRepeat' | 'presetMessage'; state: FunnelState }[] = [
  {
    key: 'presetShop',
    state: { steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }], within: { days: 7 } },
  },
  { key: 'presetRepeat', state: { steps: [{ event: 'Order Completed' }, { event: 'Order Completed' }], within: { days: 60 } } },
  {
    key: 'presetMessage',
    state: { steps: [{ event: 'Message Sent' }, { event: 'Message Clicked' }, { event: 'Order Completed' }], within: { days: 7 } },
  },
];

interface FunnelBuilderProps {
  state: FunnelState;
  onChange: (state: FunnelState) => void;
  /** What stands beside the window. */
  children: ReactNode;
}

export function FunnelBuilder({ state, onChange, children }: FunnelBuilderProps) {
  const { t } = useTranslation();
  const { steps } = state;
  const set = (at: number, change: Partial<Done>) =>
    onChange({ ...state, steps: steps.map((step, index) => (index === at ? { ...step, ...change } : step)) });
  const move = (at: number, by: number) => {
    const next = [...steps];
    const [step] = next.splice(at, 1);
    if (step) next.splice(at + by, 0, step);
    onChange({ ...state, steps: next });
  };
  return (
    <Card size="small" data-testid="funnel-builder">
      <div className="stack">
        {steps.map((step, index) => (
          <div key={index} className="stack tight">
            <div className="row wrap" style={{ gap: 6 }}>
              <Tag style={{ marginInlineEnd: 0 }}>{index + 1}</Tag>
              <EventPicker value={step.event} onChange={(event) => set(index, { event, where: [] })} testId={`funnel-step-${index + 1}`} />
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                disabled={index === 0}
                aria-label="↑"
                onClick={() => move(index, -1)}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                disabled={index === steps.length - 1}
                aria-label="↓"
                onClick={() => move(index, 1)}
              />
              {steps.length > 2 && (
                <Button
                  type="text"
                  size="small"
                  icon={<CloseOutlined />}
                  aria-label={t('rule.removeIt')}
                  onClick={() => onChange({ ...state, steps: steps.filter((_, at) => at !== index) })}
                />
              )}
            </div>
            {step.event && (
              <div style={{ paddingLeft: 34 }}>
                <WhereEditor event={step.event} where={step.where ?? []} onChange={(where) => set(index, { where })} />
              </div>
            )}
          </div>
        ))}
        <div className="row wrap">
          <Button
            size="small"
            icon={<PlusOutlined />}
            disabled={steps.length >= 10}
            onClick={() => onChange({ ...state, steps: [...steps, {}] })}
            data-testid="funnel-add-step"
          >
            {t('insight.funnel.addStep')}
          </Button>
          <span className="soft small">{t('insight.funnel.within')}</span>
          <SpanInput value={state.within ?? { days: 7 }} onChange={(within) => onChange({ ...state, within })} />
          {children}
        </div>
        <div className="row wrap">
          <span className="soft small">{t('insight.funnel.presets')}</span>
          {PRESETS.map((preset) => (
            <Button key={preset.key} size="small" type="dashed" onClick={() => onChange(preset.state)} data-testid={preset.key}>
              {t(`insight.funnel.${preset.key}`)}
            </Button>
          ))}
        </div>
      </div>
    </Card>
  );
}
