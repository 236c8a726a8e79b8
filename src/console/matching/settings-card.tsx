import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, InputNumber } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MatchingSettings, matching } from '../api/matching.ts';
import { useMay } from '../shell/session.tsx';
import { Hint, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** The rules of what is pushed and shown. */
export function SettingsCard() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['matching', 'settings'], queryFn: matching.settings });
  return (
    <Card size="small" title={t('matching.settings')} data-testid="matching-settings">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={6} />}
      {query.data && <Fields key={JSON.stringify(query.data)} saved={query.data} />}
    </Card>
  );
}

function Fields({ saved }: { saved: MatchingSettings }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [{ products, content }, set] = useState(saved);
  const inContent = (change: Partial<MatchingSettings['content']>) => set((s) => ({ ...s, content: { ...s.content, ...change } }));
  const inProducts = (change: Partial<MatchingSettings['products']>) => set((s) => ({ ...s, products: { ...s.products, ...change } }));
  const disabled = !may('definitions.write');
  const save = () =>
    matching.change({ products, content }).then(
      (now) => {
        client.setQueryData(['matching', 'settings'], now);
        say.done(t('matching.saved'));
      },
      (error) => say.failed(error),
    );
  const percent = (key: 'floor' | 'holdout', min: number) => (
    <InputNumber
      {...{ disabled, min, max: 50, step: 1, suffix: '%', value: Math.round(content[key] * 1000) / 10 }}
      aria-label={t(`matching.${key}`)}
      onChange={(v) => v !== null && inContent({ [key]: v / 100 })}
    />
  );
  return (
    <div className="stack">
      <Line label={t('matching.floor')} hint={t('matching.floorHint')}>
        {percent('floor', 0.5)}
      </Line>
      <Line label={t('matching.holdout')}>{percent('holdout', 0)}</Line>
      <Line label={t('matching.frequency')}>
        <InputNumber
          {...{ disabled, min: 1, max: 100, value: content.frequency.choices }}
          aria-label={t('matching.frequency')}
          onChange={(v) => v !== null && inContent({ frequency: { ...content.frequency, choices: v } })}
        />{' '}
        {t('matching.frequencyUnit', { days: content.frequency.days })}
      </Line>
      <Line label={t('matching.seenDays')}>
        <InputNumber
          {...{ disabled, min: 0, max: 730, value: content.seenDays, suffix: t('matching.days') }}
          aria-label={t('matching.seenDays')}
          onChange={(v) => v !== null && inContent({ seenDays: v })}
        />
      </Line>
      <Line label={t('matching.priceTimes')}>
        <InputNumber
          {...{ disabled, min: 1.1, max: 100, step: 0.5, value: products.priceTimes, suffix: t('matching.priceUnit') }}
          placeholder={t('matching.anyPrice')}
          aria-label={t('matching.priceTimes')}
          onChange={(v) => inProducts({ priceTimes: v })}
        />
      </Line>
      <Line label={t('matching.perCategory')}>
        <InputNumber
          {...{ disabled, min: 1, max: 20, value: products.perCategory, suffix: t('matching.items') }}
          placeholder={t('matching.anyPrice')}
          aria-label={t('matching.perCategory')}
          onChange={(v) => inProducts({ perCategory: v })}
        />
      </Line>
      {!disabled && (
        <div>
          <Button type="primary" onClick={save} data-testid="matching-save">
            {t('common.save')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Line({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="row between wrap">
      <span>
        {label} {hint && <Hint text={hint} />}
      </span>
      <span>{children}</span>
    </div>
  );
}
