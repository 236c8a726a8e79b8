import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Coupon, coupons } from '../api/coupons.ts';
import { useJob } from '../audience/use-job.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { AudiencePicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** To an audience, with a look ahead: who gets it, why the others do not, what it costs. */
export function GiveCoupon({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const may = useMay();
  const [audience, setAudience] = useState<string>();
  const [busy, setBusy] = useState(false);
  const job = useJob(t('coupon.given'), ['coupons']);
  const query = useQuery({
    queryKey: ['coupons', coupon.id, 'forecast', audience],
    queryFn: () => coupons.forecast(coupon.id, audience as string),
    enabled: Boolean(audience),
  });
  const forecast = query.data;
  const give = async () => {
    setBusy(true);
    try {
      const answer = await coupons.issue(coupon.id, { audienceId: audience as string, key: crypto.randomUUID() });
      if ('job' in answer) job.start(answer.job);
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const take = async (file: File) => {
    try {
      say.done(t('coupon.imported', { ...(await coupons.addCodes(coupon.id, await file.text())) }));
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <div className="stack loose" data-testid="give-coupon">
      {coupon.codes === 'pool' && may('coupons.write') && (
        <Card size="small" title={t('coupon.importCodes')}>
          <div className="row wrap">
            <Upload
              accept=".csv,.txt"
              showUploadList={false}
              beforeUpload={(file) => {
                void take(file);
                return false;
              }}
            >
              <Button>{t('coupon.importCodes')}</Button>
            </Upload>
            <span className="soft small">
              {t('coupon.importHint')} · {t('coupon.codesLeft', { n: format.number(coupon.codesLeft ?? 0) })}
            </span>
          </div>
        </Card>
      )}
      <Card size="small" title={t('coupon.giveTo')}>
        <div className="stack">
          <AudiencePicker value={audience} onChange={setAudience} width={280} />
          {query.isError && <ProblemView error={query.error} compact />}
          {audience && query.isPending && <Loading rows={3} />}
          {forecast && (
            <div className="stack tight" data-testid="coupon-forecast">
              <div>
                <b className="num" style={{ fontSize: 22 }}>
                  {t('coupon.forecast.willGet')} {format.number(forecast.willGet)}
                </b>{' '}
                <span className="soft">{t('coupon.forecast.of', { n: format.number(forecast.people) })}</span>
              </div>
              {forecast.refused.map((one) => (
                <div key={one.reason} className="row" style={{ gap: 8 }}>
                  <span className="num" style={{ minWidth: 70, textAlign: 'right' }}>
                    {format.number(one.people)}
                  </span>
                  <span className="soft">{t(`coupon.reason.${one.reason}`)}</span>
                </div>
              ))}
              <div>
                {t('coupon.forecast.most')} <b className="num">{format.fen(forecast.cost.mostFen)}</b>
                {forecast.cost.expectedFen !== null && forecast.cost.rate ? (
                  <>
                    {' · '}
                    {t('coupon.forecast.expected')} <b className="num">{format.fen(forecast.cost.expectedFen)}</b>{' '}
                    <span className="soft small">{t('coupon.forecast.rate', { rate: format.percent(forecast.cost.rate.share) })}</span>
                  </>
                ) : (
                  <span className="soft small"> · {t('coupon.forecast.unknown')}</span>
                )}
              </div>
              {forecast.sampled && <span className="soft small">{t('coupon.forecast.sampled')}</span>}
            </div>
          )}
          {coupon.state !== 'live' && (
            <Alert type="info" showIcon title={coupon.state === 'draft' ? t('coupon.launchFirst') : t(`coupon.state.${coupon.state}`)} />
          )}
          <Button
            type="primary"
            style={{ alignSelf: 'flex-start' }}
            disabled={!forecast || forecast.willGet === 0 || coupon.state !== 'live'}
            loading={busy || job.running}
            onClick={give}
            data-testid="give-now"
          >
            {job.running
              ? t('coupon.giving', { n: format.number(job.progress?.done ?? 0) })
              : t('coupon.giveNow', { n: format.number(forecast?.willGet ?? 0) })}
          </Button>
        </div>
      </Card>
    </div>
  );
}
