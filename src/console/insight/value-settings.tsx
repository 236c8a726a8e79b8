import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Drawer, InputNumber, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ValueFit, worth } from '../api/value.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { Hint } from '../ui/page.tsx';
import { RefitChoice, RefitWords } from './refit-choice.tsx';
import { FitButton } from './value-fit.tsx';

type Settings = ValueFit['settings'];

/** What the value of customers is worked out by; it takes effect with a new fit. */
export function ValueSettings({ fit }: { fit: ValueFit }) {
  const { t } = useTranslation();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const [change, setChange] = useState<Partial<Settings>>({});
  const settings: Settings = { ...fit.settings, ...change };
  const set = (part: Partial<Settings>) => setChange({ ...change, ...part });
  const number = (name: 'lambda' | 'depth' | 'horizonWeeks', min: number, max: number, step = 1) => (
    <InputNumber
      value={settings[name]}
      min={min}
      max={max}
      step={step}
      onChange={(next) => next !== null && set({ [name]: next })}
      data-testid={`value-${name}`}
    />
  );
  const percent = (value: number, onChange: (part: number) => void, max: number, testId: string) => (
    <InputNumber
      value={Math.round(1000 * value) / 10}
      min={0}
      max={max}
      suffix="%"
      onChange={(next) => next !== null && onChange(next / 100)}
      data-testid={testId}
    />
  );
  if (!may('definitions.write')) return null;
  return (
    <>
      <Button icon={<SettingOutlined />} onClick={() => setOpen(true)} data-testid="value-settings">
        {t('value.settings.title')}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t('value.settings.title')}
        size={440}
        styles={{ wrapper: { maxWidth: '100vw' } }}
        footer={
          <FitButton of="value" start={() => worth.fitValue(change)} label={t('value.settings.save')} hint={t('value.fitHint')} primary />
        }
      >
        <div className="stack loose" data-testid="value-settings-form">
          <Last fit={fit} />
          <Field label={t('value.settings.lambda')} hint={t('value.settings.lambdaHint')}>
            {number('lambda', 0, 1, 0.1)}
          </Field>
          <Field label={t('value.settings.depth')} hint={t('value.settings.depthHint')}>
            {number('depth', 1, 10)}
          </Field>
          <Field label={t('value.settings.horizon')} hint={t('value.settings.horizonHint')}>
            {number('horizonWeeks', 4, 520)}
          </Field>
          <Field label={t('value.settings.discount')} hint={t('value.settings.discountHint')}>
            {percent(settings.discountRate, (discountRate) => set({ discountRate }), 200, 'value-discount')}
          </Field>
          <Field label={t('value.settings.margin')} hint={t('value.settings.marginHint')}>
            <Radio.Group
              value={settings.marginRate === null ? 'products' : 'set'}
              onChange={({ target }) => set({ marginRate: target.value === 'set' ? fit.margin.rate : null })}
              options={[
                { value: 'products', label: t('value.settings.marginProducts') },
                { value: 'set', label: t('value.settings.marginSet') },
              ]}
            />
            {settings.marginRate !== null && percent(settings.marginRate, (marginRate) => set({ marginRate }), 100, 'value-margin')}
          </Field>
          <Field label={t('value.settings.refit')} hint={t('value.settings.refitHint')}>
            <RefitChoice value={settings.refitDays} onChange={(refitDays) => set({ refitDays })} />
          </Field>
          <Field label={t('value.settings.traits')} hint={t('value.traitsHint')}>
            <Checkbox checked={settings.traits} onChange={({ target }) => set({ traits: target.checked })}>
              {t('value.traits')}
            </Checkbox>
          </Field>
        </div>
      </Drawer>
    </>
  );
}

function Field({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="stack tight">
      <span className="row">
        {label} <Hint text={hint} />
      </span>
      <span className="row wrap">{children}</span>
    </div>
  );
}

/** When it was fitted last, and on what. */
function Last({ fit }: { fit: ValueFit }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="stack tight" data-testid="value-last-fit">
      <RefitWords asOf={fit.asOf} every={fit.settings.refitDays} />
      <span className="soft small">
        {t('value.settings.on', {
          no: fit.no,
          buyers: format.number(fit.buyers),
          repeaters: format.number(fit.repeaters),
          days: format.number(fit.days),
        })}
      </span>
    </div>
  );
}
