import { useQuery } from '@tanstack/react-query';
import { Card, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PosterDoc } from '../../api/posters.ts';
import { touchpoints } from '../../api/touchpoints.ts';
import { useDebounced } from '../../ui/hooks.ts';
import { SIZES } from './blank.ts';
import { ColourField, Field, NumberField } from './fields.tsx';
import { PictureField } from './layer-fields.tsx';

const SIZE_KEYS = Object.keys(SIZES) as (keyof typeof SIZES)[];

/** What is said of the poster as a whole. */
export function DocFields({ doc, set }: { doc: PosterDoc; set: (change: Partial<PosterDoc>) => void }) {
  const { t } = useTranslation();
  const size = SIZE_KEYS.find((key) => SIZES[key].width === doc.width && SIZES[key].height === doc.height) ?? 'own';
  const ground = (change: Partial<PosterDoc['background']>) => set({ background: { ...doc.background, ...change } });
  return (
    <>
      <Card size="small" title={t('poster.leadsTo')}>
        <LeadsTo doc={doc} set={set} />
      </Card>
      <Card size="small" title={t('poster.background')}>
        <div className="stack">
          <div className="row wrap">
            <Field label={t('poster.size')} grow>
              <Select
                value={size}
                style={{ minWidth: 180 }}
                options={[...SIZE_KEYS, ...(size === 'own' ? (['own'] as const) : [])].map((value) => ({
                  value,
                  label: t(`poster.sizes.${value}`),
                }))}
                onChange={(key: keyof typeof SIZES | 'own') => key !== 'own' && set(SIZES[key])}
              />
            </Field>
            <NumberField label="W" value={doc.width} min={200} max={2400} onChange={(width) => set({ width })} />
            <NumberField label="H" value={doc.height} min={200} max={2400} onChange={(height) => set({ height })} />
          </div>
          <div className="row wrap">
            <ColourField
              label={t('poster.colour')}
              value={doc.background.colour}
              onChange={(colour) => ground({ colour: colour ?? '#ffffff' })}
            />
            <ColourField label={t('poster.to')} value={doc.background.to} clear onChange={(to) => ground({ to })} />
            {doc.background.to && (
              <NumberField
                label={t('poster.angle')}
                value={doc.background.angle}
                min={0}
                max={360}
                onChange={(angle) => ground({ angle })}
              />
            )}
          </div>
          <Field label={t('poster.backgroundPicture')}>
            <PictureField file={doc.background.file} onChange={(file) => ground({ file })} />
          </Field>
        </div>
      </Card>
      <Card size="small" title={t('poster.share')}>
        <div className="stack">
          <Input
            value={doc.share.title}
            maxLength={60}
            placeholder={t('poster.shareTitle')}
            aria-label={t('poster.shareTitle')}
            onChange={(event) => set({ share: { ...doc.share, title: event.target.value } })}
          />
          <Input
            value={doc.share.text}
            maxLength={120}
            placeholder={t('poster.shareText')}
            aria-label={t('poster.shareText')}
            onChange={(event) => set({ share: { ...doc.share, text: event.target.value } })}
          />
        </div>
      </Card>
    </>
  );
}

type Way = 'none' | 'touchpoint' | 'url';

function LeadsTo({ doc, set }: { doc: PosterDoc; set: (change: Partial<PosterDoc>) => void }) {
  const { t } = useTranslation();
  const [word, setWord] = useState('');
  const settled = useDebounced(word.trim(), 250);
  const now: Way = !doc.leadsTo ? 'none' : 'url' in doc.leadsTo ? 'url' : 'touchpoint';
  const [way, setWay] = useState<Way>(now);
  const id = doc.leadsTo && 'touchpointId' in doc.leadsTo ? doc.leadsTo.touchpointId : undefined;
  const found = useQuery({
    queryKey: ['touchpoints', 'pick', settled],
    queryFn: () => touchpoints.list({ query: settled || undefined, limit: 30 }),
    enabled: way === 'touchpoint',
  });
  const held = useQuery({ queryKey: ['touchpoints', id], queryFn: () => touchpoints.get(id!), enabled: id !== undefined });
  const items = [...(held.data ? [held.data] : []), ...(found.data?.items ?? []).filter((one) => one.id !== id)];
  return (
    <div className="stack">
      <Select<Way>
        value={way}
        aria-label={t('poster.leadsTo')}
        data-testid="leads-to"
        options={[
          { value: 'touchpoint', label: t('poster.leadsTouchpoint') },
          { value: 'url', label: t('poster.leadsUrl') },
          { value: 'none', label: t('poster.leadsNowhere') },
        ]}
        onChange={(next) => {
          setWay(next);
          if (next === 'none') set({ leadsTo: null });
        }}
      />
      {way === 'touchpoint' && (
        <Select<string>
          showSearch={{ filterOption: false, onSearch: setWord }}
          value={id}
          loading={found.isFetching}
          placeholder={t('poster.chooseTouchpoint')}
          data-testid="poster-touchpoint"
          options={items.map((one) => ({ value: one.id, label: `${one.name} · ${t(`touchpoint.kinds.${one.kind}`)}` }))}
          onChange={(touchpointId) => set({ leadsTo: { touchpointId } })}
        />
      )}
      {way === 'url' && (
        <Input
          defaultValue={doc.leadsTo && 'url' in doc.leadsTo ? doc.leadsTo.url : ''}
          placeholder="https://"
          aria-label={t('poster.leadsUrl')}
          onBlur={(event) => set({ leadsTo: /^https?:\/\/./.test(event.target.value) ? { url: event.target.value } : null })}
        />
      )}
    </div>
  );
}
