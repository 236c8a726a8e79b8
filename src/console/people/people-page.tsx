import { AimOutlined, FilterOutlined, TeamOutlined } from '@ant-design/icons';
import { Button, Drawer, Input, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type PeopleFilters, type Person, people } from '../api/people.ts';
import { PersonLink, Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced, usePhone } from '../ui/hooks.ts';
import { LevelTag, PersonTags, StageTag, TierTag, useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart, Page } from '../ui/page.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import { FacetPanel } from './facet-panel.tsx';
import { FILTER_KEYS, ruleOfFilters, usePeopleFilters } from './filters.ts';
import { SelectionBar } from './selection-bar.tsx';

function SearchBox({ value, onChange }: { value: string; onChange: (text: string | undefined) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const settled = useDebounced(text.trim(), 300);
  useEffect(() => setText(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed may change the address
  useEffect(() => {
    if (settled === text.trim() && settled !== value) onChange(settled || undefined);
  }, [settled]);
  return (
    <Input.Search
      allowClear
      value={text}
      onChange={(event) => setText(event.target.value)}
      placeholder={t('people.searchPlaceholder')}
      style={{ maxWidth: 360 }}
      data-testid="people-search"
    />
  );
}

function ActiveFilters({ filters, onChange }: { filters: PeopleFilters; onChange: (change: Partial<PeopleFilters>) => void }) {
  const { t } = useTranslation();
  const { label } = useLabels();
  const groups = useAudiences();
  const words: [keyof PeopleFilters, string][] = [];
  if (filters.level) words.push(['level', label('levels', filters.level)]);
  if (filters.stage) words.push(['stage', label('stages', filters.stage)]);
  if (filters.tier) words.push(['tier', label('tiers', filters.tier)]);
  if (filters.tag) words.push(['tag', label('tags', filters.tag)]);
  if (filters.audience) words.push(['audience', groups.data?.items.find((one) => one.id === filters.audience)?.name ?? filters.audience]);
  if (filters.externalId) words.push(['externalId', filters.externalId]);
  if (!words.length) return null;
  return (
    <span className="row wrap" style={{ gap: 4 }}>
      {words.map(([key, text]) => (
        <Tag key={key} closable onClose={() => onChange({ [key]: undefined })} style={{ marginInlineEnd: 0 }}>
          {key === 'audience'
            ? t('rule.kind.audience')
            : key === 'tag'
              ? t('people.tags')
              : key === 'externalId'
                ? 'ID'
                : t(`people.${key}`)}
          : {text}
        </Tag>
      ))}
      <Button
        type="link"
        size="small"
        onClick={() => onChange(Object.fromEntries(FILTER_KEYS.map((key) => [key, undefined])))}
        data-testid="clear-filters"
      >
        {t('people.clearFilters')}
      </Button>
    </span>
  );
}

export default function PeoplePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const [filters, setFilters] = usePeopleFilters();
  const [total, setTotal] = useState<number>();
  const [selected, setSelected] = useState<string[]>([]);
  const [panel, setPanel] = useState(false);
  const rule = ruleOfFilters(filters);
  const filtered = Object.keys(filters).length > 0;
  const change = (next: Partial<PeopleFilters>) => {
    setSelected([]);
    setFilters(next);
  };
  const orders = (person: Person) =>
    person.orders.count > 0
      ? t('people.ordersOf', { n: format.number(person.orders.count), money: format.fen(person.orders.revenueFen) })
      : '–';

  return (
    <Page
      title={
        <span className="row wrap">
          {t('people.title')}
          {total !== undefined && (
            <span className="soft num" style={{ fontSize: 14, fontWeight: 400 }} data-testid="people-total">
              <Define text={t('people.totalDefinition')}>{t('people.total', { n: format.number(total) })}</Define>
            </span>
          )}
        </span>
      }
      tab={t('people.title')}
      question={t('people.question')}
      testId="people-page"
      extra={
        rule && (
          <Link to={`/audiences/new?rule=${encodeURIComponent(JSON.stringify(rule))}`}>
            <Button icon={<AimOutlined />} data-testid="build-audience">
              {t('people.buildAudience')}
            </Button>
          </Link>
        )
      }
    >
      <div className="people-grid">
        {!phone && <FacetPanel filters={filters} onChange={change} />}
        <div className="stack" style={{ minWidth: 0 }}>
          <div className="row wrap">
            <SearchBox value={filters.query ?? ''} onChange={(query) => change({ query })} />
            {phone && (
              <Button icon={<FilterOutlined />} onClick={() => setPanel(true)}>
                {t('people.filters')}
              </Button>
            )}
            <ActiveFilters filters={filters} onChange={change} />
          </div>
          <SelectionBar ids={selected} onClear={() => setSelected([])} />
          <CursorTable<Person>
            testId="people-table"
            queryKey={['people', filters]}
            fetch={(cursor) => people.list({ ...filters, cursor, limit: 100 })}
            rowKey={(person) => person.id}
            onTotal={setTotal}
            width={1040}
            selection={{ selectedRowKeys: selected, onChange: (keys) => setSelected(keys as string[]), columnWidth: 44 }}
            columns={[
              { title: t('people.name'), key: 'name', width: 220, fixed: 'left', render: (_, person) => <PersonLink person={person} /> },
              { title: t('people.level'), key: 'level', width: 110, render: (_, person) => <LevelTag level={person.level} /> },
              { title: t('people.stage'), key: 'stage', width: 90, render: (_, person) => <StageTag stage={person.stage} /> },
              { title: t('people.tier'), key: 'tier', width: 90, render: (_, person) => <TierTag tier={person.tier} /> },
              { title: t('people.tags'), key: 'tags', width: 230, render: (_, person) => <PersonTags tags={person.tags} max={2} /> },
              {
                title: t('people.orders'),
                key: 'orders',
                width: 150,
                align: 'right' as const,
                render: (_: unknown, person: Person) => <span className="num">{orders(person)}</span>,
              },
              { title: t('people.lastSeen'), key: 'seen', width: 110, render: (_, person) => <Time value={person.lastSeenAt} /> },
            ]}
            card={(person) => (
              <div className="stack tight">
                <div className="row between">
                  <PersonLink person={person} />
                  <span className="soft small">
                    <Time value={person.lastSeenAt} />
                  </span>
                </div>
                <div className="row wrap" style={{ gap: 4 }}>
                  <LevelTag level={person.level} />
                  <StageTag stage={person.stage} />
                  <TierTag tier={person.tier} />
                  <PersonTags tags={person.tags} max={2} />
                </div>
                {person.orders.count > 0 && <span className="soft small num">{orders(person)}</span>}
              </div>
            )}
            empty={
              filtered ? (
                <EmptyStart
                  icon={<TeamOutlined />}
                  title={t('people.noneFit')}
                  action={
                    <Button onClick={() => change(Object.fromEntries(FILTER_KEYS.map((key) => [key, undefined])))}>
                      {t('people.clearFilters')}
                    </Button>
                  }
                />
              ) : (
                <EmptyStart
                  icon={<TeamOutlined />}
                  title={t('people.emptyTitle')}
                  text={t('people.emptyText')}
                  action={
                    <>
                      <Link to="/imports">
                        <Button type="primary">{t('people.emptyImport')}</Button>
                      </Link>
                      <Link to="/settings/keys">
                        <Button>{t('people.emptyKey')}</Button>
                      </Link>
                    </>
                  }
                />
              )
            }
          />
        </div>
      </div>
      <Drawer open={phone && panel} onClose={() => setPanel(false)} placement="bottom" size="75%" title={t('people.filters')}>
        <FacetPanel filters={filters} onChange={change} />
      </Drawer>
    </Page>
  );
}
