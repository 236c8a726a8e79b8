import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Segmented, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CARRIERS, type CouponDraft, coupons, type Terms, TYPES } from '../api/coupons.ts';
import { Problem } from '../api/http.ts';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced, useDraft } from '../ui/hooks.ts';
import { AudiencePicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSaid } from './bits.tsx';

const SCOPES: Terms['scope']['kind'][] = ['all', 'categories', 'products', 'exclude'];

/** Fen, typed in yuan. */
function Yuan({ value, onChange, none }: { value: number | null; onChange: (fen: number | null) => void; none?: boolean }) {
  return (
    <InputNumber
      value={value === null ? null : value / 100}
      min={0}
      precision={2}
      prefix="¥"
      style={{ width: 160 }}
      onChange={(yuan) => onChange(yuan === null ? (none ? null : 0) : Math.round(yuan * 100))}
    />
  );
}

function useDates() {
  const format = useFormat();
  return {
    shown: (iso: string | null) => (iso ? format.zoned(iso) : null),
    /** From today on. */
    nextDays: (days: number) => {
      const from = format.zoned().startOf('day');
      return { from: from.toISOString(), to: from.add(days, 'day').toISOString() };
    },
    /** What is shown as the wall's time is meant in the workspace's zone. */
    iso: (day: { format(pattern: string): string } | null) =>
      day ? format.startOfDay(day.format('YYYY-MM-DD HH:mm')).toISOString() : null,
  };
}

interface EditorProps {
  draftKey: string;
  saved: CouponDraft;
  launched?: boolean;
  locked?: boolean;
  save: (draft: CouponDraft) => Promise<void>;
}

const pick = ({
  name,
  terms,
  rule,
  word,
  ways,
  codes,
  stock,
  perDay,
  perPerson,
  claimFrom,
  claimTo,
  budgetFen,
}: CouponDraft): CouponDraft => ({
  ...{ name, terms, rule, word, ways, codes, stock, perDay, perPerson, claimFrom, claimTo, budgetFen },
});

/** The terms of a coupon, and beside them what a customer will read. */
export function CouponEditor({ draftKey, saved, launched, locked, save }: EditorProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const dates = useDates();
  const draft = useDraft<CouponDraft>(draftKey, pick(saved));
  const { value } = draft;
  const { terms } = value;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const asked = useDebounced(terms);
  const sentence = useQuery({
    queryKey: ['coupon-sentence', asked],
    queryFn: () => coupons.sentence(asked),
    retry: false,
    placeholderData: (before) => before,
  });
  const set = (change: Partial<CouponDraft>) => draft.change({ ...value, ...change });
  const setTerms = (change: Partial<Terms>) => set({ terms: { ...terms, ...change } });
  const audience = (value.rule as { audience?: string } | null)?.audience;
  const reason = (field: string) => (error instanceof Problem ? error.errors.find((e) => e.field === field)?.reason : undefined);
  const item = (label: string, control: ReactNode, field: string, extra?: string) => (
    <Form.Item
      label={label}
      extra={extra}
      help={reason(field)}
      validateStatus={reason(field) ? 'error' : undefined}
      style={{ marginBottom: 14 }}
    >
      {control}
    </Form.Item>
  );
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await save(value);
      draft.clear(value);
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  const { validity } = terms;
  return (
    <Form layout="vertical" disabled={locked} onFinish={submit} requiredMark={false} data-testid="coupon-editor">
      <div className="grid side">
        <div className="stack loose" style={{ minWidth: 0 }}>
          <DraftNotice draft={draft} saved={pick(saved)} />
          {launched && !locked && <Alert type="info" showIcon title={t('coupon.keepsTerms')} />}
          {error !== undefined && <ProblemView error={error} compact />}
          <Card size="small" title={t('coupon.terms')}>
            {item(
              t('coupon.field.name'),
              <Input value={value.name} maxLength={120} onChange={(e) => set({ name: e.target.value })} data-testid="coupon-name" />,
              'name',
            )}
            {item(
              t('coupon.typeOf'),
              <Radio.Group
                value={terms.type}
                optionType="button"
                options={TYPES.map((type) => ({ value: type, label: t(`coupon.type.${type}`) }))}
                onChange={(e) =>
                  setTerms({ type: e.target.value, ...(e.target.value === 'percent' && terms.percent === null ? { percent: 20 } : {}) })
                }
              />,
              'terms.type',
            )}
            <div className="row wrap" style={{ gap: 20, alignItems: 'flex-start' }}>
              {terms.type === 'amount' &&
                item(
                  t('coupon.field.face'),
                  <Yuan value={terms.faceFen} onChange={(fen) => setTerms({ faceFen: fen ?? 0 })} />,
                  'terms.faceFen',
                )}
              {terms.type === 'percent' &&
                item(
                  t('coupon.field.percent'),
                  <InputNumber
                    value={terms.percent}
                    min={1}
                    max={100}
                    suffix="%"
                    style={{ width: 160 }}
                    onChange={(percent) => setTerms({ percent })}
                  />,
                  'terms.percent',
                  t('coupon.field.percentHint'),
                )}
              {(terms.type === 'gift' || terms.type === 'exchange') &&
                item(
                  t('coupon.field.gift'),
                  <Input value={terms.gift ?? ''} maxLength={120} onChange={(e) => setTerms({ gift: e.target.value || null })} />,
                  'terms.gift',
                )}
              {terms.type !== 'amount' &&
                terms.type !== 'gift' &&
                item(t('coupon.field.cap'), <Yuan none value={terms.capFen} onChange={(capFen) => setTerms({ capFen })} />, 'terms.capFen')}
              {item(
                t('coupon.field.threshold'),
                <Yuan value={terms.thresholdFen} onChange={(fen) => setTerms({ thresholdFen: fen ?? 0 })} />,
                'terms.thresholdFen',
              )}
            </div>
            {item(
              t('coupon.field.scope'),
              <div className="stack">
                <Radio.Group
                  value={terms.scope.kind}
                  options={SCOPES.map((kind) => ({ value: kind, label: t(`coupon.scope.${kind}`) }))}
                  onChange={(e) => setTerms({ scope: { kind: e.target.value, of: e.target.value === 'all' ? [] : terms.scope.of } })}
                />
                {terms.scope.kind !== 'all' && (
                  <Select
                    mode="tags"
                    value={terms.scope.of}
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[',', '，', '、']}
                    placeholder={t(`coupon.field.scopeOf.${terms.scope.kind}`)}
                    onChange={(of: string[]) => setTerms({ scope: { ...terms.scope, of } })}
                  />
                )}
              </div>,
              'terms.scope.of',
            )}
            {item(
              t('coupon.field.carriers'),
              <Select
                mode="multiple"
                allowClear
                value={terms.carriers}
                placeholder={t('coupon.field.carriersAll')}
                options={CARRIERS.map((carrier) => ({ value: carrier, label: t(`coupon.carrier.${carrier}`) }))}
                onChange={(carriers: Terms['carriers']) => setTerms({ carriers })}
                data-testid="coupon-carriers"
              />,
              'terms.carriers',
            )}
            {item(
              t('coupon.field.validity'),
              <div className="row wrap">
                <Segmented
                  value={'days' in validity ? 'days' : 'dates'}
                  options={[
                    { value: 'days', label: t('coupon.field.days') },
                    { value: 'dates', label: t('coupon.field.dates') },
                  ]}
                  onChange={(kind) => setTerms({ validity: kind === 'days' ? { days: 7 } : dates.nextDays(30) })}
                />
                {'days' in validity ? (
                  <InputNumber value={validity.days} min={0} max={3660} onChange={(days) => setTerms({ validity: { days: days ?? 0 } })} />
                ) : (
                  <DatePicker.RangePicker
                    showTime={{ format: 'HH:mm' }}
                    format="YYYY-MM-DD HH:mm"
                    allowClear={false}
                    value={[dates.shown(validity.from), dates.shown(validity.to)]}
                    onChange={(range) => range && setTerms({ validity: { from: dates.iso(range[0])!, to: dates.iso(range[1])! } })}
                  />
                )}
              </div>,
              'terms.validity.to',
            )}
            <Checkbox checked={terms.stackable} onChange={(e) => setTerms({ stackable: e.target.checked })}>
              {t('coupon.field.stackable')}
            </Checkbox>
            <div style={{ height: 12 }} />
            {item(
              t('coupon.field.onRefund'),
              <Radio.Group
                value={terms.onRefund}
                options={(['return', 'keep'] as const).map((one) => ({ value: one, label: t(`coupon.field.refund.${one}`) }))}
                onChange={(e) => setTerms({ onRefund: e.target.value })}
              />,
              'terms.onRefund',
            )}
          </Card>
          <Card size="small" title={t('coupon.limits')}>
            <div className="row wrap" style={{ gap: 20, alignItems: 'flex-start' }}>
              {item(
                t('coupon.field.stock'),
                <InputNumber value={value.stock} min={1} onChange={(stock) => set({ stock: stock ?? 1 })} style={{ width: 140 }} />,
                'stock',
              )}
              {item(
                t('coupon.field.perDay'),
                <InputNumber value={value.perDay} min={1} onChange={(perDay) => set({ perDay })} style={{ width: 140 }} />,
                'perDay',
              )}
              {item(
                t('coupon.field.perPerson'),
                <InputNumber
                  value={value.perPerson}
                  min={1}
                  max={1000}
                  onChange={(perPerson) => set({ perPerson: perPerson ?? 1 })}
                  style={{ width: 140 }}
                />,
                'perPerson',
              )}
            </div>
            {item(
              t('coupon.field.claimWindow'),
              <DatePicker.RangePicker
                showTime={{ format: 'HH:mm' }}
                format="YYYY-MM-DD HH:mm"
                allowEmpty={[true, true]}
                value={[dates.shown(value.claimFrom), dates.shown(value.claimTo)]}
                onChange={(range) => set({ claimFrom: dates.iso(range?.[0] ?? null), claimTo: dates.iso(range?.[1] ?? null) })}
              />,
              'claimTo',
            )}
            {item(
              t('coupon.field.who'),
              value.rule !== null && audience === undefined ? (
                <span className="soft">{t('coupon.field.ownRule')}</span>
              ) : (
                <span className="row wrap">
                  <Segmented
                    value={value.rule === null ? 'all' : 'some'}
                    options={[
                      { value: 'all', label: t('coupon.field.everybody') },
                      { value: 'some', label: t('rule.kind.audience') },
                    ]}
                    onChange={(who) => set({ rule: who === 'all' ? null : { audience: '' } })}
                  />
                  {value.rule !== null && <AudiencePicker value={audience} onChange={(id) => set({ rule: { audience: id } })} />}
                </span>
              ),
              'rule',
            )}
          </Card>
          <Card size="small" title={t('coupon.ways')}>
            <Checkbox.Group
              value={value.ways}
              options={(['page', 'staff'] as const).map((way) => ({ value: way, label: t(`coupon.field.${way}`) }))}
              onChange={(ways) => set({ ways: ways as CouponDraft['ways'] })}
            />
            <div style={{ height: 12 }} />
            {item(
              t('coupon.field.word'),
              <Input
                value={value.word ?? ''}
                maxLength={40}
                style={{ maxWidth: 260 }}
                onChange={(e) => set({ word: e.target.value || null })}
              />,
              'word',
              t('coupon.field.wordHint'),
            )}
            {item(
              t('coupon.field.codes'),
              <Radio.Group
                value={value.codes}
                disabled={launched || locked}
                options={(['own', 'pool'] as const).map((one) => ({ value: one, label: t(`coupon.field.codesOf.${one}`) }))}
                onChange={(e) => set({ codes: e.target.value })}
              />,
              'codes',
            )}
          </Card>
          <Card size="small" title={t('coupon.money')}>
            <div className="row wrap" style={{ gap: 20, alignItems: 'flex-start' }}>
              {item(
                t('coupon.field.cost'),
                <Yuan value={terms.costFen} onChange={(fen) => setTerms({ costFen: fen ?? 0 })} />,
                'terms.costFen',
              )}
              {item(
                t('coupon.field.budget'),
                <Yuan none value={value.budgetFen} onChange={(budgetFen) => set({ budgetFen })} />,
                'budgetFen',
                t('coupon.field.budgetHint'),
              )}
            </div>
          </Card>
        </div>
        <div className="stack" style={{ position: 'sticky', top: 12, alignSelf: 'start' }}>
          <Card size="small" title={t('coupon.saysCustomers')}>
            <p style={{ margin: 0 }} data-testid="coupon-sentence">
              {sentence.data && !sentence.isError ? said(sentence.data) : <ProblemOr error={sentence.error} />}
            </p>
          </Card>
          {!locked && (
            <Button
              type="primary"
              htmlType="submit"
              loading={busy}
              disabled={!value.name.trim() || (!draft.dirty && Boolean(launched))}
              block
              data-testid="save-coupon"
            >
              {t('common.save')}
            </Button>
          )}
        </div>
      </div>
    </Form>
  );
}

const ProblemOr = ({ error }: { error: unknown }) => (error ? <ProblemView error={error} compact /> : <>…</>);
