import { EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, Progress, Segmented, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type DayOfTag, definitions, type TagDetail } from '../api/audiences.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useDefinitions, useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { DefinitionDrawer, type Editing } from './definition-drawer.tsx';
import { DependenciesCard } from './dependencies.tsx';
import { GiveTag } from './tag-people.tsx';
import { Versions } from './versions.tsx';

function History({ tag }: { tag: TagDetail }) {
  const { t } = useTranslation();
  const [days, setDays] = useState(90);
  const query = useQuery({ queryKey: ['tag', tag.id, 'history', days], queryFn: () => definitions.tagHistory(tag.id, days) });
  const items = query.data?.items;
  const option = useMemo(() => curve(items ?? [], t('audience.tag.holders'), t('audience.tag.came'), t('audience.tag.went')), [items, t]);
  return (
    <Card
      size="small"
      title={t('audience.tag.history')}
      extra={<Segmented size="small" value={days} onChange={(n) => setDays(Number(n))} options={[30, 90, 365]} />}
    >
      {query.isError && <ProblemView error={query.error} compact />}
      {query.isPending ? <Loading rows={5} /> : <Chart option={option} height={240} label={t('audience.tag.history')} />}
    </Card>
  );
}

function curve(items: DayOfTag[], size: string, added: string, removed: string) {
  return {
    tooltip: { trigger: 'axis' },
    legend: { bottom: 0 },
    grid: { left: 8, right: 8, top: 16, bottom: 34, containLabel: true },
    xAxis: { type: 'category', data: items.map((d) => d.day) },
    yAxis: [
      { type: 'value', minInterval: 1 },
      { type: 'value', minInterval: 1, splitLine: { show: false } },
    ],
    series: [
      { name: size, type: 'line', areaStyle: { opacity: 0.12 }, showSymbol: false, data: items.map((d) => d.size) },
      { name: added, type: 'bar', stack: 'c', yAxisIndex: 1, data: items.map((d) => d.added) },
      { name: removed, type: 'bar', stack: 'c', yAxisIndex: 1, data: items.map((d) => -d.removed) },
    ],
  };
}

function Overlap({ tag }: { tag: TagDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  return (
    <Card size="small" title={<Define text={t('audience.tag.liftHint')}>{t('audience.tag.overlap')}</Define>}>
      {!tag.overlap.length && <span className="soft">{t('audience.tag.noOverlap')}</span>}
      {tag.overlap.slice(0, 12).map((one) => (
        <div key={one.key} className="row between" style={{ padding: '4px 0', gap: 10 }}>
          <Link to={`/tags/${one.key}`} className="clip" style={{ width: 140 }}>
            {named(one.name, one.key)}
          </Link>
          <Progress percent={Math.round(one.share * 1000) / 10} size="small" style={{ flex: 1, marginBottom: 0 }} />
          <Reveal
            onClick={() =>
              open({
                title: `${named(tag.name, tag.key)} ∩ ${named(one.name, one.key)}`,
                count: one.both,
                source: { kind: 'rule', rule: { all: [{ tag: tag.key }, { tag: one.key }] } },
              })
            }
          >
            {format.number(one.both)}
          </Reveal>
          <span className="soft small num" style={{ width: 52, textAlign: 'right' }}>
            {one.lift === null ? '' : `×${format.number(one.lift, 1)}`}
          </span>
        </div>
      ))}
    </Card>
  );
}

function About({ tag }: { tag: TagDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const { about } = tag;
  const rows: [string, React.ReactNode][] = [
    [t('audience.tag.kind'), <Tag key="k">{t(`audience.tag.kind_${tag.kind ?? 'hand'}`)}</Tag>],
    ...(tag.sentence ? [[t('audience.def.rule'), named(tag.sentence, '')] as [string, React.ReactNode]] : []),
    ...(about.model
      ? [[t('audience.tag.model'), t('audience.tag.byModel', { topic: about.model.topic, n: about.model.threshold })] as [string, string]]
      : []),
    ...(about.description ? [[t('audience.tag.description'), about.description] as [string, string]] : []),
    [t('audience.tag.owner'), about.owner ?? '—'],
    ...(tag.rule ? [] : [[t('audience.tag.values'), t(`audience.tag.values_${about.values ?? 'one'}`)] as [string, string]]),
    ...(about.expiresAfterDays
      ? [[t('audience.tag.expires'), t('audience.tag.afterDays', { n: about.expiresAfterDays })] as [string, string]]
      : []),
    ...(about.group
      ? [
          [
            t('audience.tag.group'),
            <span key="g">
              {about.group}: {tag.group.map((one) => named(one.name, one.key)).join(' / ')}
            </span>,
          ] as [string, React.ReactNode],
        ]
      : []),
  ];
  return (
    <Card size="small">
      <div className="stack">
        <div>
          <b className="num" style={{ fontSize: 30 }} data-testid="tag-count">
            {format.number(tag.count)}
          </b>{' '}
          <span className="soft">{t('audience.tag.ofPool', { part: format.percent(tag.share), pool: format.number(tag.pool) })}</span>
        </div>
        <Descriptions size="small" column={1} items={rows.map(([label, children]) => ({ key: label, label, children }))} />
        {tag.values.length > 0 && (
          <span className="row wrap" style={{ gap: 4 }}>
            {tag.values.map((one) => (
              <Tag key={one.value}>
                {one.value} <span className="num soft">{format.number(one.count)}</span>
              </Tag>
            ))}
          </span>
        )}
      </div>
    </Card>
  );
}

export default function TagPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const may = useMay();
  const { named } = useLabels();
  const all = useDefinitions().data?.tags ?? [];
  const [editing, setEditing] = useState<Editing>();
  const query = useQuery({ queryKey: ['tag', id], queryFn: () => definitions.tag(id) });
  if (query.isError)
    return (
      <Page title={t('audience.tag.title')} testId="tag-page">
        <ProblemView error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  if (query.isPending)
    return (
      <Page title="…" testId="tag-page">
        <Loading rows={10} />
      </Page>
    );
  const tag = query.data;
  const write = may('definitions.write');
  return (
    <Page
      title={named(tag.name, tag.key)}
      question={tag.key}
      testId="tag-page"
      extra={
        <>
          <Versions place={`/tags/${tag.id}`} may={write} />
          <Link to={`/people?tag=${tag.key}`}>
            <Button size="small">{t('audience.seePeople')}</Button>
          </Link>
          {write && (
            <Button size="small" type="primary" icon={<EditOutlined />} onClick={() => setEditing({ kind: 'tags', item: tag })}>
              {t('common.edit')}
            </Button>
          )}
        </>
      }
    >
      <div className="grid two">
        <About tag={tag} />
        <History tag={tag} />
        <Overlap tag={tag} />
        <div className="stack">
          <DependenciesCard place={`/tags/${tag.id}`} />
          {!tag.rule && may('people.write') && <GiveTag tag={tag} />}
        </div>
      </div>
      {!tag.count && <EmptyStart title={t('audience.tag.empty')} />}
      <DefinitionDrawer
        editing={editing}
        all={all}
        onClose={() => {
          setEditing(undefined);
          void query.refetch();
        }}
      />
    </Page>
  );
}
