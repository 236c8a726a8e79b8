import { CheckCircleOutlined } from '@ant-design/icons';
import { Button, Card, Input, InputNumber, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CARRIERS, coupons, type Holding, type Redeemed } from '../api/coupons.ts';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { HoldingTag, lastMoment, useSaid } from './bits.tsx';

/** At the till, on a phone: scanned or typed, looked at, used. */
export default function RedeemPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const [read, write] = useUrl();
  const [code, setCode] = useState(read('code') ?? '');
  const [found, setFound] = useState<Holding & { personId: string }>();
  const [orderId, setOrderId] = useState('');
  const [amount, setAmount] = useState<number | null>(null);
  const [carrier, setCarrier] = useState('store');
  const [quote, setQuote] = useState<Redeemed>();
  const [done, setDone] = useState<Redeemed>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const work = async (doing: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await doing();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  const look = (typed: string) =>
    work(async () => {
      setQuote(undefined);
      setFound(undefined);
      setFound(await coupons.byCode(typed.trim()));
    });
  // The code came with the address when it was scanned.
  const scanned = read('code');
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the code that was scanned
  useEffect(() => {
    if (scanned) void look(scanned);
  }, []);
  const till = { code, orderId: orderId.trim(), amountFen: Math.round((amount ?? 0) * 100), carrier };
  const next = () => {
    write({ code: null });
    setCode('');
    setFound(undefined);
    setOrderId('');
    setAmount(null);
    setQuote(undefined);
    setDone(undefined);
    setError(undefined);
  };
  const off = (one: Redeemed) => (
    <div style={{ textAlign: 'center' }}>
      <div className="soft">{t('coupon.till.takesOff')}</div>
      <div className="num" style={{ fontSize: 34, fontWeight: 700 }}>
        {format.fen(one.discountFen)}
      </div>
      {one.gift && (
        <div>
          {t('coupon.till.give')} <b>{one.gift}</b>
        </div>
      )}
    </div>
  );
  return (
    <Page title={t('coupon.till.title')} question={t('coupon.till.question')} testId="redeem-page">
      <div className="stack" style={{ maxWidth: 460 }}>
        {done ? (
          <Card>
            <div className="stack" style={{ alignItems: 'center', textAlign: 'center' }}>
              <CheckCircleOutlined style={{ fontSize: 44, color: 'var(--good)' }} />
              <b style={{ fontSize: 18 }}>
                {t('coupon.till.done')} · {done.name}
              </b>
              {off(done)}
              <Button type="primary" size="large" block onClick={next}>
                {t('coupon.till.next')}
              </Button>
            </div>
          </Card>
        ) : (
          <>
            <Input.Search
              size="large"
              value={code}
              autoFocus={!scanned}
              autoCapitalize="characters"
              autoComplete="off"
              placeholder={t('coupon.till.code')}
              enterButton={t('coupon.till.look')}
              loading={busy && !found}
              onChange={(e) => setCode(e.target.value)}
              onSearch={(typed) => typed.trim() && look(typed)}
              data-testid="till-code"
            />
            {error !== undefined && <ProblemView error={error} compact />}
            {found && (
              <Card size="small">
                <div className="stack">
                  <div className="row between">
                    <b style={{ fontSize: 17 }}>{found.name}</b> <HoldingTag state={found.state} />
                  </div>
                  <span className="soft">{said(found.sentence)}</span>
                  <span className="soft small">{t('coupon.until', { day: format.time(lastMoment(found.expiresAt)) })}</span>
                  {found.use && (
                    <span className="soft">
                      {t('coupon.usedFor', { order: found.use.orderId, fen: format.fen(found.use.discountFen) })}
                    </span>
                  )}
                  {found.state === 'issued' && (
                    <>
                      <Input
                        size="large"
                        value={orderId}
                        placeholder={t('coupon.till.order')}
                        aria-label={t('coupon.till.order')}
                        onChange={(e) => {
                          setOrderId(e.target.value);
                          setQuote(undefined);
                        }}
                        data-testid="till-order"
                      />
                      <InputNumber
                        size="large"
                        value={amount}
                        min={0}
                        precision={2}
                        inputMode="decimal"
                        prefix="¥"
                        style={{ width: '100%' }}
                        placeholder={t('coupon.till.amount')}
                        aria-label={t('coupon.till.amount')}
                        onChange={(value) => {
                          setAmount(value);
                          setQuote(undefined);
                        }}
                        data-testid="till-amount"
                      />
                      <Select
                        size="large"
                        value={carrier}
                        options={CARRIERS.map((one) => ({ value: one, label: t(`coupon.carrier.${one}`) }))}
                        onChange={(value) => {
                          setCarrier(value);
                          setQuote(undefined);
                        }}
                      />
                      {quote && off(quote)}
                      <Button
                        type="primary"
                        size="large"
                        block
                        loading={busy}
                        disabled={!till.orderId || amount === null}
                        onClick={() =>
                          work(async () => (quote ? setDone(await coupons.redeem(till)) : setQuote(await coupons.quote(till))))
                        }
                        data-testid="till-use"
                      >
                        {quote ? t('coupon.till.use') : t('coupon.till.look')}
                      </Button>
                    </>
                  )}
                </div>
              </Card>
            )}
          </>
        )}
      </div>
    </Page>
  );
}
