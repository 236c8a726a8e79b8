import { useQuery } from '@tanstack/react-query';
import { Card, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Entrance, type StepOf, touchpoints, type Way, type WaysAnswer } from '../api/touchpoints.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { ProblemView } from '../ui/problem.tsx';

const WITHIN = [7, 30, 90];

/** How long the way is from the first look to the order, and where people are lost on it. */
export default function WaysPage() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const period = usePeriod(90);
  const withinDays = Number(read('within')) || 30;
  const question = { from: period.from, to: period.to, withinDays };
  const query = useQuery({ queryKey: ['ways', question], queryFn: () => touchpoints.ways(question) });
  const answer = query.data;
  return (
    <Page
      title={t('touchpoint.way.title')}
      question={t('touchpoint.way.question')}
      testId="ways-page"
      extra={
        <>
          <Select
            value={withinDays}
            onChange={(next: number) => write({ within: next === 30 ? null : String(next) })}
            options={WITHIN.map((n) => ({ value: n, label: t('touchpoint.way.within', { n }) }))}
            style={{ minWidth: 200 }}
          />
          <PeriodPicker first={90} />
        </>
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {answer && answer.people === 0 && <EmptyStart title={t('touchpoint.way.empty')} />}
      {answer && answer.people > 0 && (
        <div className="stack loose">
          <Card size="small" title={`${t('touchpoint.way.all')} · ${t('common.peopleCount', { n: answer.people.toLocaleString() })}`}>
            <Waterfall steps={answer.total} answer={answer} name={t('touchpoint.way.all')} />
          </Card>
          <div className="grid two">
            <WayCard title={t('touchpoint.way.shortest')} way={answer.shortest} answer={answer} />
            <WayCard title={t('touchpoint.way.fullest')} way={answer.fullest} answer={answer} />
          </div>
          <Doors answer={answer} />
          <Card size="small" title={t('touchpoint.way.ways')}>
            <div className="stack tight">
              {answer.ways.slice(0, 12).map((way) => (
                <div key={way.way.join()} className="row wrap between">
                  <WaySteps way={way} />
                  <span className="num small">
                    <People
                      answer={answer}
                      cell={way.cell}
                      count={way.people}
                      title={way.way.map((s) => t(`touchpoint.way.steps.${s}`)).join(' → ')}
                    />{' '}
                    · <Bought way={way} />
                  </span>
                </div>
              ))}
            </div>
          </Card>
        </div>
      )}
    </Page>
  );
}

function People({ answer, cell, count, title }: { answer: WaysAnswer; cell: object; count: number; title: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  return (
    <Reveal onClick={() => open({ title, count, source: { kind: 'insight', question: answer.meta.question, cell } })}>
      {t('common.peopleCount', { n: format.number(count) })}
    </Reveal>
  );
}

function useSpan() {
  const { t } = useTranslation();
  const format = useFormat();
  return (seconds: number | null): string => {
    if (seconds === null) return '–';
    if (seconds < 5_400) return `${format.number(Math.round(seconds / 60))} ${t('common.minutes')}`;
    if (seconds < 172_800) return `${format.number(seconds / 3600, 1)} ${t('common.hours')}`;
    return `${format.number(seconds / 86_400, 1)} ${t('common.days')}`;
  };
}

function Bought({ way, bare }: { way: Pick<Way, 'buying'>; bare?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { share, enough, low, high } = way.buying;
  if (!enough || share === null) return <span className="soft">{t('common.enough')}</span>;
  return (
    <Define text={t('common.interval', { low: format.percent(low), high: format.percent(high) })}>
      {!bare && t('touchpoint.way.buying')} {format.percent(share)}
    </Define>
  );
}

function WaySteps({ way }: { way: Pick<Way, 'way'> }) {
  const { t } = useTranslation();
  const words = [...way.way.map((one) => t(`touchpoint.way.steps.${one}`)), t('touchpoint.way.steps.order')];
  return <span>{words.join(' → ')}</span>;
}

/** Each step with who did it, who stopped there, and how long half of them took. */
function Waterfall({ steps, answer, name }: { steps: StepOf[]; answer: WaysAnswer; name: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const span = useSpan();
  return (
    <div className="stack tight" data-testid="waterfall">
      {steps.map((one) => (
        <div key={one.step} className="row wrap" style={{ gap: 12 }}>
          <span style={{ width: 64 }}>{t(`touchpoint.way.steps.${one.step}`)}</span>
          <span className="grow" style={{ minWidth: 120 }}>
            <span
              style={{
                display: 'block',
                height: 18,
                width: `${Math.max(0.5, one.share * 100)}%`,
                background: one.step === 'order' ? 'var(--good)' : 'var(--ant-color-primary, #0b6b83)',
                borderRadius: 4,
              }}
            />
          </span>
          <span className="num small" style={{ width: 150 }}>
            <People answer={answer} cell={one.cell} count={one.people} title={`${name} · ${t(`touchpoint.way.steps.${one.step}`)}`} />{' '}
            {format.percent(one.share)}
          </span>
          <span className="num small soft" style={{ width: 130 }}>
            {one.step === 'touch' ? '' : `${t('touchpoint.way.median')} ${span(one.medianSeconds)}`}
          </span>
          <span className="num small bad" style={{ width: 130 }}>
            {one.lost > 0 && (
              <>
                <Define text={t('touchpoint.way.lostHint')}>{t('touchpoint.way.lost')}</Define>{' '}
                <People answer={answer} cell={one.lostCell} count={one.lost} title={`${name} · ${t('touchpoint.way.lost')}`} />
              </>
            )}
          </span>
        </div>
      ))}
    </div>
  );
}

function WayCard({ title, way, answer }: { title: string; way: Way | null; answer: WaysAnswer }) {
  const { t } = useTranslation();
  const span = useSpan();
  return (
    <Card size="small" title={title}>
      {way === null ? (
        <span className="soft">{t('touchpoint.way.none')}</span>
      ) : (
        <div className="stack tight">
          <b style={{ fontSize: 16 }}>
            <WaySteps way={way} />
          </b>
          <span className="num">
            <People answer={answer} cell={way.cell} count={way.people} title={title} /> · <Bought way={way} />
          </span>
          <span className="soft small num">
            {t('touchpoint.way.median')} {span(way.medianSeconds)}
          </span>
        </div>
      )}
    </Card>
  );
}

function Doors({ answer }: { answer: WaysAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const span = useSpan();
  const name = (one: Entrance) => <Link to={`/touchpoints/${one.touchpointId}`}>{one.name}</Link>;
  const cell = (one: Entrance, step: StepOf) => (
    <People answer={answer} cell={step.cell} count={step.people} title={`${one.name} · ${t(`touchpoint.way.steps.${step.step}`)}`} />
  );
  return (
    <Card size="small" title={t('touchpoint.way.byDoor')}>
      {phone ? (
        answer.rows.slice(0, 50).map((one) => (
          <div key={one.touchpointId} className="pcard stack tight">
            {name(one)}
            <span className="small num">
              {one.steps.map((step) => `${t(`touchpoint.way.steps.${step.step}`)} ${format.number(step.people)}`).join(' · ')} ·{' '}
              <Bought way={one} />
            </span>
          </div>
        ))
      ) : (
        <Table<Entrance>
          rowKey="touchpointId"
          size="middle"
          dataSource={answer.rows}
          pagination={answer.rows.length > 20 ? { pageSize: 20 } : false}
          expandable={{ expandedRowRender: (one) => <Waterfall steps={one.steps} answer={answer} name={one.name} /> }}
          columns={[
            { title: t('common.name'), key: 'name', render: (_, one) => name(one) },
            {
              title: t('touchpoint.kind'),
              key: 'kind',
              width: 140,
              render: (_, one) => (one.kind ? t(`touchpoint.kinds.${one.kind}`) : ''),
            },
            ...(answer.rows[0]?.steps ?? []).map((first, i) => ({
              title: t(`touchpoint.way.steps.${first.step}`),
              key: first.step,
              align: 'right' as const,
              render: (_: unknown, one: Entrance) => cell(one, one.steps[i]!),
            })),
            { title: t('touchpoint.way.buying'), key: 'buying', align: 'right', render: (_, one) => <Bought way={one} bare /> },
            {
              title: t('touchpoint.way.median'),
              key: 'median',
              align: 'right',
              render: (_, one) => span(one.steps[3]?.medianSeconds ?? null),
            },
            {
              title: <Define text={t('touchpoint.way.lengthHint')}>{t('touchpoint.way.length')}</Define>,
              key: 'length',
              align: 'right',
              render: (_, one) => <span className="num">{one.length === null ? '–' : format.number(one.length, 1)}</span>,
            },
          ]}
        />
      )}
    </Card>
  );
}
