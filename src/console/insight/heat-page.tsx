import { FireOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type HeatAnswer, type HeatFit, worth } from '../api/value.ts';
import { eventName } from '../i18n/event-name.ts';
import { PersonLink, Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { HeatQuality } from './heat-quality.tsx';
import { HeatTag } from './heat-tag.tsx';
import { RefitChoice, RefitWords } from './refit-choice.tsx';
import { TellStaff } from './tell-staff.tsx';
import { FitButton } from './value-fit.tsx';

export default function HeatPage() {
  const { t } = useTranslation();
  const [intents, setIntents] = useState<string[]>();
  const [every, setEvery] = useState<number | null>();
  const query = useQuery({ queryKey: ['heat'], queryFn: worth.heat, refetchInterval: 120_000 });
  const fit = query.data?.meta.fit;
  const start = () => worth.fitHeat({ ...(intents ? { intents } : {}), ...(every === undefined ? {} : { refitDays: every }) });
  return (
    <Page
      title={t('heat.title')}
      question={t('heat.question')}
      testId="heat-page"
      extra={
        fit && (
          <>
            <RefitWords asOf={fit.asOf} every={fit.settings.refitDays} />
            <FitButton of="heat" start={start} label={t('heat.fit')} hint={t('heat.fitHint')} />
          </>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {query.data && !fit && (
        <EmptyStart
          icon={<FireOutlined />}
          title={t('heat.empty')}
          text={t('heat.emptyText')}
          action={<FitButton of="heat" start={start} label={t('heat.fitFirst')} hint={t('heat.fitHint')} primary />}
        />
      )}
      {query.data && fit && (
        <div className="stack loose">
          {fit.state === 'thin' && <Thin fit={fit} />}
          {fit.model && <Now answer={query.data} />}
          <HeatQuality fit={fit} />
          <Card size="small" title={t('heat.intents')}>
            <div className="soft small" style={{ marginBottom: 6 }}>
              {t('heat.intentsHint')}
            </div>
            <Select
              mode="tags"
              style={{ width: '100%' }}
              value={intents ?? fit.settings.intents}
              onChange={setIntents}
              options={fit.settings.intents.map((event) => ({ value: event, label: eventName(t, event) }))}
              data-testid="heat-intents"
            />
            <div className="row wrap" style={{ marginTop: 10 }}>
              <span>{t('value.settings.refit')}</span>
              <RefitChoice value={every === undefined ? fit.settings.refitDays : every} onChange={setEvery} />
              <span className="soft small">{t('heat.onFit')}</span>
            </div>
          </Card>
        </div>
      )}
    </Page>
  );
}

function Thin({ fit }: { fit: HeatFit }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="heat-thin"
      title={t('heat.thin')}
      description={t('heat.thinText', {
        ...{ weeks: Math.max(0, fit.weeks), orders: fit.orders, later: fit.laterOrders },
        ...{ need: fit.least.orders, needLater: fit.least.laterOrders, needWeeks: fit.least.weeks },
      })}
    />
  );
}

function Now({ answer }: { answer: HeatAnswer }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const { meta } = answer;
  const means = (key: string) => named(meta.definitions[key], '');
  const line = i18n.language === 'en' ? 'en' : 'zh';
  const why = (reasons: HeatAnswer['hottest'][number]['reasons']) =>
    reasons.map((one) => one.words[line]).join(line === 'en' ? '; ' : '；');
  const asTask = ({ person, reasons }: HeatAnswer['hottest'][number]) => ({
    id: (person as { id: string }).id,
    text: why(reasons).slice(0, 300),
  });
  return (
    <>
      <Card size="small">
        <div className="grid metrics">
          {answer.rows.map((row) => (
            <Metric
              key={row.band}
              testId={`heat-${row.band}`}
              label={t(`heat.${row.band}`)}
              definition={means('band')}
              value={format.number(row.people)}
              foot={t('heat.expected', { n: format.number(row.expected) })}
              onClick={() =>
                open({
                  title: t('heat.ofBand', { band: t(`heat.${row.band}`), n: format.number(row.people) }),
                  count: row.people,
                  definition: means('band'),
                  source: { kind: 'insight', question: meta.question, cell: row.cell },
                })
              }
            />
          ))}
          <Metric label={t('heat.base')} value={format.percent(meta.fit?.base)} foot={t('heat.baseFoot')} definition={means('chance')} />
        </div>
      </Card>
      <Card
        size="small"
        title={<Define text={means('chance')}>{t('heat.now')}</Define>}
        extra={
          <span className="row">
            <Time value={meta.to} />
            {answer.hottest.length > 0 && <TellStaff people={answer.hottest.map(asTask)} all />}
          </span>
        }
        data-testid="heat-now"
      >
        {answer.hottest.map((one) => {
          const { person, chance, times, band, reasons } = one;
          return (
            <div
              key={(person as { id: string }).id}
              className="row between wrap"
              style={{ padding: '8px 0', borderBottom: '1px solid var(--line)', gap: 8 }}
            >
              <span style={{ flex: '1 1 180px', minWidth: 0 }}>
                <PersonLink person={person as { id: string }} />
              </span>
              <span className="small soft" style={{ flex: '2 1 260px' }}>
                {why(reasons)}
              </span>
              <span className="row" style={{ gap: 8 }}>
                <HeatTag band={band} />
                <b className="num">{format.percent(chance, 0)}</b>
                <span className="soft small num">{t('heat.times', { n: format.number(times, 1) })}</span>
                <TellStaff people={[asTask(one)]} />
              </span>
            </div>
          );
        })}
      </Card>
    </>
  );
}
