import { MoneyCollectOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { type ValueAnswer, type ValueGroup, worth } from '../api/value.ts';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { RefitWords } from './refit-choice.tsx';
import { FitButton } from './value-fit.tsx';
import { ValueGroups } from './value-groups.tsx';
import { ValueMatrix } from './value-matrix.tsx';
import { ValueModel } from './value-model.tsx';
import { ValueRfm } from './value-rfm.tsx';
import { ValueSettings } from './value-settings.tsx';

export default function ValuePage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['value', 'all'], queryFn: () => worth.value('all') });
  const fit = query.data?.meta.fit;
  const start = () => worth.fitValue({});
  return (
    <Page
      title={t('value.title')}
      question={t('value.question')}
      testId="value-page"
      extra={
        fit && (
          <>
            <RefitWords asOf={fit.asOf} every={fit.settings.refitDays} />
            <ValueSettings fit={fit} />
            <FitButton of="value" start={start} label={t('value.fit')} hint={t('value.fitHint')} />
          </>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {query.data && !fit && (
        <EmptyStart
          icon={<MoneyCollectOutlined />}
          title={t('value.empty')}
          text={t('value.emptyText')}
          action={<FitButton of="value" start={start} label={t('value.fitFirst')} hint={t('value.fitHint')} primary />}
        />
      )}
      {query.data && fit && fit.buyers === 0 && (
        <EmptyStart icon={<MoneyCollectOutlined />} title={t('value.noBuyers')} text={t('value.noBuyersText')} />
      )}
      {query.data && fit && fit.buyers > 0 && <Fitted answer={query.data} />}
    </Page>
  );
}

function Fitted({ answer }: { answer: ValueAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const fit = answer.meta.fit!;
  const leaving = fit.model !== null && fit.model.model !== 'nbd';
  const all = answer.rows[0] as ValueGroup | undefined;
  const means = (key: string) => named(answer.meta.definitions[key], '');
  const margin = {
    gross: t('value.gross'),
    products: t('value.fromProducts', { rate: format.percent(fit.margin.rate), covered: format.percent(fit.margin.covered, 0) }),
    setting: t('value.fromSetting', { rate: format.percent(fit.margin.rate) }),
  }[fit.margin.from];
  const reveal = () =>
    all &&
    open({
      title: t('value.behindBuyers', { what: t('value.title'), n: format.number(all.buyers) }),
      count: all.buyers,
      source: { kind: 'insight', question: answer.meta.question, cell: all.buyersCell },
    });
  return (
    <div className="stack loose">
      {fit.state === 'history' && (
        <Alert
          type="warning"
          showIcon
          title={t('value.thin')}
          description={t('value.thinText', {
            ...fit.least,
            hasBuyers: format.number(fit.buyers),
            hasRepeaters: format.number(fit.repeaters),
            hasDays: format.number(fit.days),
          })}
          data-testid="value-thin"
        />
      )}
      {all && (
        <Card size="small">
          <div className="grid metrics">
            <Metric label={t('value.buyers')} value={format.number(all.buyers)} onClick={reveal} testId="value-buyers" />
            {leaving && (
              <Metric label={t('value.alive')} value={format.percent(all.alive)} definition={means('alive')} testId="value-alive" />
            )}
            <Metric label={t('value.value365')} value={format.fenShort(all.value365)} definition={means('value365')} foot={margin} />
            <Metric
              label={t('value.clv')}
              value={format.fenShort(all.clv)}
              definition={means('clv')}
              foot={
                fit.model
                  ? t('value.clvHorizon', { weeks: fit.settings.horizonWeeks, rate: format.percent(fit.settings.discountRate, 0) })
                  : undefined
              }
            />
            <Metric label={t('value.perBuyer')} value={format.fen(all.clvPerBuyer)} definition={means('clv')} />
          </div>
        </Card>
      )}
      <ValueMatrix />
      <ValueGroups leaving={leaving} />
      {fit.model && <ValueModel fit={fit} />}
      <ValueRfm />
    </div>
  );
}
