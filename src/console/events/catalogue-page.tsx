import { UnorderedListOutlined } from '@ant-design/icons';
import { Button, Card, Input, Space, Table, Tabs, Tag, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CatalogEvent, CatalogProperty } from '../api/events.ts';
import { eventName } from '../i18n/event-name.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { useCatalog, useTraits } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { DeclareButton, Meaning } from './catalogue-declare.tsx';
import { Spark } from './health-chart.tsx';

/** `of`: the event that they belong to; without it they are traits. */
function Properties({ items, of }: { items: CatalogProperty[]; of?: { type: string; event: string } }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay()('events.write');
  if (!items.length) return <span className="soft">{t('data.catalogue.noProperties')}</span>;
  return (
    <Table<CatalogProperty>
      size="small"
      rowKey="name"
      pagination={false}
      dataSource={items}
      scroll={{ x: 480 }}
      columns={[
        {
          title: t('data.catalogue.name'),
          key: 'name',
          width: 200,
          render: (_, one) => (
            <>
              <span className="mono">{one.name}</span> {one.personal && <Tag color="purple">{t('health.declared.personal')}</Tag>}
              <Meaning declared={one.declared} />
            </>
          ),
        },
        {
          title: t('data.catalogue.type'),
          key: 'types',
          width: 150,
          render: (_, one) => one.types.map((type) => <Tag key={type}>{t(`health.valueKind.${type}`, type)}</Tag>),
        },
        {
          title: t('health.share'),
          key: 'share',
          width: 80,
          align: 'right' as const,
          render: (_, one) => <span className="num">{one.share === undefined ? '–' : format.percent(one.share, 0)}</span>,
        },
        {
          title: t('data.catalogue.examples'),
          key: 'examples',
          render: (_, one) => (
            <span className="soft">
              {one.personal
                ? t('health.declared.masked')
                : one.examples
                    .slice(0, 5)
                    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
                    .join(' · ')}
            </span>
          ),
        },
        ...(may
          ? [
              {
                title: '',
                key: 'declare',
                width: 90,
                render: (_: unknown, one: CatalogProperty) => (
                  <DeclareButton
                    entry={{
                      kind: of ? 'property' : 'trait',
                      type: of?.type ?? '',
                      event: of?.event ?? '',
                      name: one.name,
                      ...(one.declared ?? {}),
                    }}
                    title={one.name}
                  />
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

const everRule = (event: string) => encodeURIComponent(JSON.stringify({ event }));
const whoRule = (event: string) => encodeURIComponent(JSON.stringify({ event, within: { days: 30 }, count: { op: '>=', value: 1 } }));

function EventActions({ one }: { one: CatalogEvent }) {
  const { t } = useTranslation();
  const may = useMay()('events.write');
  const declare = may && (
    <DeclareButton
      entry={{ kind: 'event', type: one.type, event: one.event, name: '', ...(one.declared ?? {}) }}
      title={one.event || one.type}
    />
  );
  if (one.type !== 'track') return declare || null;
  return (
    <Space size={0}>
      {declare}
      <Link to={`/audiences/new?rule=${whoRule(one.event)}`}>
        <Button size="small" type="link">
          {t('data.catalogue.buildAudience')}
        </Button>
      </Link>
      <Link to={`/funnel?q=${encodeURIComponent(JSON.stringify({ steps: [{ event: one.event }, {}] }))}`}>
        <Button size="small" type="link">
          {t('data.catalogue.funnel')}
        </Button>
      </Link>
    </Space>
  );
}

/** Where an event comes from, and on a phone what its row has no room for. */
function EventFacts({ one, phone }: { one: CatalogEvent; phone: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const owner = one.declared?.owner;
  return (
    <div className="row wrap small" style={{ gap: 10 }}>
      {phone && <Spark values={one.daily ?? []} />}
      {owner && (
        <span>
          <span className="soft">{t('health.declared.owner')} </span>
          {owner}
        </span>
      )}
      {one.sources && one.sources.length > 0 && (
        <span>
          <span className="soft">{t('health.sourcesOf')} </span>
          {one.sources.map((s) => (
            <Tag key={`${s.source}${s.sdk}${s.version}`}>
              {[s.source, s.sdk, s.version].filter(Boolean).join(' · ')} {format.short(s.count)}
            </Tag>
          ))}
        </span>
      )}
      {phone && <EventActions one={one} />}
    </div>
  );
}

function Last({ value }: { value: string | null }) {
  const { t } = useTranslation();
  const stale = value !== null && dayjs(value).isBefore(dayjs().subtract(7, 'day'));
  return (
    <Tooltip title={stale ? t('data.catalogue.stale') : undefined}>
      <span className={stale ? 'warn' : undefined} style={{ whiteSpace: 'nowrap' }}>
        <Time value={value} />
      </span>
    </Tooltip>
  );
}

export default function CataloguePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const [read, write] = useUrl();
  const events = useCatalog();
  const traits = useTraits();
  const word = (read('q') ?? '').toLowerCase();
  const title = (one: CatalogEvent) =>
    one.type === 'track' ? eventName(t, one.event) : `${t(`event.${one.type}`, one.type)} ${one.event}`;
  const fits = (one: CatalogEvent) =>
    `${title(one)} ${one.event} ${one.properties.map((property) => property.name).join(' ')}`.toLowerCase().includes(word);
  const rows = (events.data?.items ?? []).filter(fits).sort((a, b) => b.count - a.count);
  const list = (
    <Table<CatalogEvent>
      size="middle"
      rowKey={(one) => `${one.type}:${one.event}`}
      dataSource={rows}
      pagination={rows.length > 50 ? { pageSize: 50 } : false}
      expandable={{
        expandedRowRender: (one) => (
          <div className="stack">
            <EventFacts one={one} phone={phone} />
            <Properties items={one.properties} of={one} />
          </div>
        ),
        expandRowByClick: true,
      }}
      columns={[
        {
          title: t('data.catalogue.event'),
          key: 'event',
          sorter: (a, b) => title(a).localeCompare(title(b)),
          render: (_, one) => (
            <span>
              <b style={{ fontWeight: 500 }}>{title(one)}</b>{' '}
              {one.event && title(one) !== one.event && <span className="soft small">{one.event}</span>}
              {one.declared && one.declared.status !== 'active' && (
                <Tag color={one.declared.status === 'blocked' ? 'error' : 'default'}>{t(`health.declared.${one.declared.status}`)}</Tag>
              )}
              <Meaning declared={one.declared} />
            </span>
          ),
        },
        ...(phone
          ? []
          : [
              {
                title: t('data.catalogue.type'),
                key: 'type',
                width: 100,
                render: (_: unknown, one: CatalogEvent) => <Tag>{one.type}</Tag>,
              },
            ]),
        {
          title: <Define text={t('data.catalogue.countDefinition')}>{t('data.catalogue.count')}</Define>,
          key: 'count',
          width: phone ? 84 : 120,
          align: 'right' as const,
          sorter: (a: CatalogEvent, b: CatalogEvent) => a.count - b.count,
          render: (_, one) => <span className="num">{phone ? format.short(one.count) : format.number(one.count)}</span>,
        },
        ...(phone
          ? []
          : [
              {
                title: <Define text={t('data.catalogue.peopleDefinition')}>{t('data.catalogue.people')}</Define>,
                key: 'people',
                width: 110,
                align: 'right' as const,
                render: (_: unknown, one: CatalogEvent) =>
                  one.type === 'track' && one.people !== undefined ? (
                    <Link className="num" to={`/audiences/new?rule=${everRule(one.event)}`}>
                      {format.number(one.people)}
                    </Link>
                  ) : (
                    <span className="num">{format.number(one.people)}</span>
                  ),
              },
            ]),
        ...(phone
          ? []
          : [
              {
                title: t('health.trend'),
                key: 'trend',
                width: 110,
                render: (_: unknown, one: CatalogEvent) => <Spark values={one.daily ?? []} width={84} />,
              },
            ]),
        ...(phone
          ? []
          : [
              {
                title: t('data.catalogue.properties'),
                key: 'properties',
                width: 130,
                render: (_: unknown, one: CatalogEvent) => t('data.catalogue.propertiesN', { n: one.properties.length }),
              },
            ]),
        { title: t('data.catalogue.lastSeen'), key: 'last', width: phone ? 116 : 130, render: (_, one) => <Last value={one.lastSeenAt} /> },
        ...(phone ? [] : [{ title: '', key: 'do', width: 250, render: (_: unknown, one: CatalogEvent) => <EventActions one={one} /> }]),
      ]}
    />
  );
  return (
    <Page title={t('data.catalogue.title')} question={t('data.catalogue.question')} testId="catalogue-page">
      <Card size="small" styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={read('tab') ?? 'events'}
          onChange={(tab) => write({ tab: tab === 'events' ? null : tab })}
          tabBarExtraContent={
            phone ? undefined : (
              <Input.Search
                allowClear
                defaultValue={read('q')}
                placeholder={t('data.catalogue.search')}
                onChange={(event) => write({ q: event.target.value })}
                style={{ width: 260 }}
              />
            )
          }
          items={[
            {
              key: 'events',
              label: t('data.catalogue.events'),
              children: events.isError ? (
                <ProblemView error={events.error} retry={() => events.refetch()} />
              ) : events.isPending ? (
                <Loading />
              ) : !events.data.items.length ? (
                <EmptyStart
                  icon={<UnorderedListOutlined />}
                  title={t('data.catalogue.emptyTitle')}
                  text={t('data.catalogue.emptyText')}
                  action={
                    <>
                      <Link to="/settings/keys">
                        <Button type="primary">{t('people.emptyKey')}</Button>
                      </Link>
                      <Link to="/imports">
                        <Button>{t('people.emptyImport')}</Button>
                      </Link>
                    </>
                  }
                />
              ) : (
                list
              ),
            },
            {
              key: 'traits',
              label: t('data.catalogue.traits'),
              children: traits.isError ? (
                <ProblemView error={traits.error} retry={() => traits.refetch()} />
              ) : traits.isPending ? (
                <Loading />
              ) : (
                <Properties items={traits.data.items.filter((one) => one.name.toLowerCase().includes(word))} />
              ),
            },
          ]}
        />
      </Card>
    </Page>
  );
}
