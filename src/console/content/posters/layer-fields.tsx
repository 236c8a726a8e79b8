import { Button, Input, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { thumbAddress } from '../../api/content.ts';
import type { LayerOf, PosterLayer } from '../../api/posters.ts';
import { useTraits } from '../../ui/pickers.tsx';
import { FileUpload } from '../file-upload.tsx';
import { Choice, ColourField, Field, NumberField } from './fields.tsx';

type Change = (change: Record<string, unknown>) => void;
const WEIGHTS = [400, 500, 700, 900] as const;

/** What can be said of the chosen layer. */
export function LayerFields({ layer, set }: { layer: PosterLayer; set: Change }) {
  const { t } = useTranslation();
  const number = (key: 'x' | 'y' | 'width' | 'height', label: string) => (
    <NumberField
      label={label}
      value={layer[key]}
      onChange={(value) => set({ [key]: value })}
      {...(key === 'width' || key === 'height' ? { min: 1 } : {})}
    />
  );
  return (
    <div className="stack">
      {layer.type === 'text' && <TextFields layer={layer} set={set} />}
      {layer.type === 'price' && (
        <>
          <div className="row wrap">
            <WithVariables label={t('poster.amount')} value={layer.amount} most={120} onChange={(amount) => set({ amount })} />
            <Field label={t('poster.currency')}>
              <Input value={layer.currency} maxLength={4} onChange={(event) => set({ currency: event.target.value })} />
            </Field>
          </div>
          <TypeFields layer={layer} set={set} />
        </>
      )}
      {layer.type === 'picture' && (
        <div className="row wrap">
          <PictureField file={layer.file} onChange={(file) => set({ file })} />
          <NumberField label={t('poster.radius')} value={layer.radius} min={0} onChange={(radius) => set({ radius })} />
        </div>
      )}
      {layer.type === 'avatar' && (
        <div className="row wrap">
          <Field label={t('poster.round')}>
            <Switch checked={layer.round} onChange={(round) => set({ round })} />
          </Field>
          <ColourField label={t('poster.border')} value={layer.border} clear onChange={(border) => set({ border })} />
        </div>
      )}
      {layer.type === 'code' && (
        <div className="row wrap">
          <ColourField label={t('poster.dark')} value={layer.dark} onChange={(dark) => set({ dark: dark ?? '#000000' })} />
          <ColourField label={t('poster.light')} value={layer.light} onChange={(light) => set({ light: light ?? '#ffffff' })} />
          <Field label={t('poster.logo')}>
            <Switch checked={layer.logo} onChange={(logo) => set({ logo })} />
          </Field>
        </div>
      )}
      {layer.type === 'box' && (
        <div className="row wrap">
          <ColourField label={t('poster.fill')} value={layer.fill} clear onChange={(fill) => set({ fill })} />
          <ColourField label={t('poster.stroke')} value={layer.stroke} clear onChange={(stroke) => set({ stroke })} />
          <NumberField
            label={t('poster.strokeWidth')}
            value={layer.strokeWidth}
            min={0}
            max={60}
            onChange={(strokeWidth) => set({ strokeWidth })}
          />
          <NumberField label={t('poster.radius')} value={layer.radius} min={0} onChange={(radius) => set({ radius })} />
        </div>
      )}
      <div className="row wrap">
        {number('x', 'X')}
        {number('y', 'Y')}
        {number('width', 'W')}
        {number('height', 'H')}
        <NumberField
          label={t('poster.opacity')}
          value={layer.opacity}
          min={0}
          max={1}
          step={0.1}
          onChange={(opacity) => set({ opacity })}
        />
      </div>
    </div>
  );
}

function TextFields({ layer, set }: { layer: LayerOf<'text'>; set: Change }) {
  const { t } = useTranslation();
  return (
    <>
      <WithVariables label={t('poster.text')} value={layer.text} most={500} area onChange={(text) => set({ text })} />
      {/\{[{%]/.test(layer.text) && (
        <Field label={t('poster.fallback')} grow>
          <Input value={layer.fallback} maxLength={60} onChange={(event) => set({ fallback: event.target.value })} />
        </Field>
      )}
      <TypeFields layer={layer} set={set} />
      <div className="row wrap">
        <Choice
          label={t('poster.valign')}
          value={layer.valign}
          options={(['top', 'middle', 'bottom'] as const).map((value) => ({ value, label: t(`poster.valigns.${value}`) }))}
          onChange={(valign) => set({ valign })}
        />
        <NumberField label={t('poster.minSize')} value={layer.minSize} min={0} max={400} onChange={(minSize) => set({ minSize })} />
        <NumberField label={t('poster.maxLines')} value={layer.maxLines} min={1} max={20} onChange={(maxLines) => set({ maxLines })} />
        <NumberField
          label={t('poster.lineHeight')}
          value={layer.lineHeight}
          min={1}
          max={3}
          step={0.05}
          onChange={(lineHeight) => set({ lineHeight })}
        />
        <Field label={t('poster.strike')}>
          <Switch checked={layer.strike} onChange={(strike) => set({ strike })} />
        </Field>
      </div>
      <span className="soft small">{t('poster.minSizeHint')}</span>
    </>
  );
}

function TypeFields({ layer, set }: { layer: LayerOf<'text'> | LayerOf<'price'>; set: Change }) {
  const { t } = useTranslation();
  return (
    <div className="row wrap">
      <NumberField label={t('poster.fontSize')} value={layer.size} min={8} max={400} onChange={(size) => set({ size })} />
      <Field label={t('poster.weight')}>
        <Select
          value={layer.weight}
          options={WEIGHTS.map((value) => ({ value, label: t(`poster.weights.w${value}`) }))}
          onChange={(weight) => set({ weight })}
        />
      </Field>
      <ColourField label={t('poster.colour')} value={layer.colour} onChange={(colour) => set({ colour: colour ?? '#000000' })} />
      <Choice
        label={t('poster.align')}
        value={layer.align}
        options={(['left', 'center', 'right'] as const).map((value) => ({ value, label: t(`poster.aligns.${value}`) }))}
        onChange={(align) => set({ align })}
      />
    </div>
  );
}

function WithVariables(props: { label: string; value: string; most: number; area?: boolean; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const { data } = useTraits();
  const names = ['name', ...(data?.items ?? []).map((one) => one.name).filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'name')];
  return (
    <Field label={props.label} grow>
      {props.area ? (
        <Input.TextArea
          value={props.value}
          maxLength={props.most}
          autoSize={{ minRows: 2, maxRows: 6 }}
          onChange={(event) => props.onChange(event.target.value)}
          data-testid="layer-text"
        />
      ) : (
        <Input value={props.value} maxLength={props.most} onChange={(event) => props.onChange(event.target.value)} />
      )}
      <Select<string>
        size="small"
        showSearch
        value={null as unknown as string}
        placeholder={t('poster.insert')}
        style={{ width: 180 }}
        options={names.map((name) => ({ value: name, label: `person.${name}` }))}
        onChange={(name) => props.onChange(`${props.value}{{ person.${name} }}`)}
      />
    </Field>
  );
}

export function PictureField({ file, onChange }: { file: string | null; onChange: (file: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <div className="row wrap" style={{ gap: 8 }}>
      {file && <img src={thumbAddress(file)} alt="" style={{ height: 48, borderRadius: 6, display: 'block' }} />}
      <FileUpload accept="image" onFile={(taken) => onChange(taken.id)} testId="poster-upload">
        {t('poster.upload')}
      </FileUpload>
      {file && (
        <Button size="small" type="text" onClick={() => onChange(null)}>
          {t('poster.clear')}
        </Button>
      )}
    </div>
  );
}
