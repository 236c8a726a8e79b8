import { BlockOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type AudienceComparison, audiences } from '../api/audiences.ts';
import type { Rule } from '../api/rule.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { UpSet } from './upset.tsx';

const newAudience = (name: string, rule: Rule) =>
  `/audiences/new?name=${encodeURIComponent(name)}&rule=${encodeURIComponent(JSON.stringify(rule))}`;
const both = (rules: Rule[]): Rule => (rules.length === 1 ? (rules[0] as Rule) : { all: rules });

function Combine({ ids, chosen, names }: { ids: string[]; chosen: string[] | undefined; names: (id: string) => string }) {
  const { t } = useTranslation();
  const open = usePeopleDrawer();
  const inEach = ids.map((audience): Rule => ({ audience }));
  const [first, ...rest] = inEach;
  const made: [string, string, Rule][] = [
    ['union', ids.map(names).join(' ∪ '), { any: inEach }],
    ['intersect', ids.map(names).join(' ∩ '), { all: inEach }],
    [
      'subtract',
      `${names(ids[0] ?? '')} − ${ids.slice(1).map(names).join(' − ')}`,
      { all: [first as Rule, ...rest.map((not): Rule => ({ not }))] },
    ],
  ];
  const exact =
    chosen &&
    both([
      ...chosen.map((audience): Rule => ({ audience })),
      ...ids.filter((id) => !chosen.includes(id)).map((audience): Rule => ({ not: { audience } })),
    ]);
  const title = chosen?.map(names).join(' ∩ ') ?? '';
  return (
    <div className="row wrap">
      {made.map(([key, name, rule]) => (
        <Link key={key} to={newAudience(name, rule)}>
          <Button size="small" data-testid={`make-${key}`}>
            {t(`audience.compare.${key}`)}
          </Button>
        </Link>
      ))}
      {exact && (
        <>
          <Button
            size="small"
            onClick={() => open({ title, definition: t('audience.compare.onlyThese'), source: { kind: 'rule', rule: exact } })}
          >
            {t('audience.compare.peopleOf', { name: title })}
          </Button>
          <Link to={newAudience(title, exact)}>
            <Button size="small" type="primary" data-testid="make-exact">
              {t('audience.compare.exact')}
            </Button>
          </Link>
        </>
      )}
    </div>
  );
}

function Profile({ data }: { data: AudienceComparison }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { label } = useLabels();
  const open = usePeopleDrawer();
  const plural = { stage: 'stages', tier: 'tiers', level: 'levels', tag: 'tags' } as const;
  const share = (n: number, of: number) => (of ? n / of : 0);
  const rows = data.profile
    .map((p) => ({ ...p, id: `${p.kind} ${p.key}`, sa: share(p.a, data.a.count), sb: share(p.b, data.b.count) }))
    .sort((x, y) => Math.abs(y.sa - y.sb) - Math.abs(x.sa - x.sb));
  const cell = (side: 'a' | 'b', p: (typeof rows)[number]) => (
    <Reveal
      onClick={() =>
        open({
          title: `${data[side].name} · ${label(plural[p.kind], p.key)}`,
          count: p[side],
          source: { kind: 'rule', rule: { all: [{ audience: data[side].id }, { [p.kind]: p.key } as unknown as Rule] } },
        })
      }
    >
      {format.percent(side === 'a' ? p.sa : p.sb)} <span className="soft small">{format.number(p[side])}</span>
    </Reveal>
  );
  return (
    <Card size="small" title={<Define text={t('audience.compare.profileHint')}>{t('audience.compare.profile')}</Define>}>
      <Table
        size="small"
        rowKey="id"
        dataSource={rows}
        pagination={rows.length > 25 ? { pageSize: 25 } : false}
        scroll={{ x: 520 }}
        columns={[
          {
            title: t('audience.compare.trait'),
            key: 'k',
            render: (_, p) => `${t(`audience.uses.${p.kind}`)} · ${label(plural[p.kind], p.key)}`,
          },
          { title: data.a.name, key: 'a', align: 'right', render: (_, p) => cell('a', p) },
          { title: data.b.name, key: 'b', align: 'right', render: (_, p) => cell('b', p) },
          {
            title: t('audience.compare.difference'),
            key: 'd',
            align: 'right',
            render: (_, p) => (
              <span className="num">{`${p.sa >= p.sb ? '+' : '−'}${format.number(Math.abs(p.sa - p.sb) * 100, 1)} pp`}</span>
            ),
          },
        ]}
      />
    </Card>
  );
}

/** Up to six audiences beside each other. */
export default function ComparePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [read, write] = useUrl();
  const list = useAudiences();
  const [chosen, setChosen] = useState<string[]>();
  const ids = (read('ids') ?? '').split(',').filter(Boolean);
  const names = (id: string) => list.data?.items.find((one) => one.id === id)?.name ?? id;
  const overlap = useQuery({ queryKey: ['overlap', ids], queryFn: () => audiences.overlap(ids), enabled: ids.length > 1, retry: false });
  const pair = useQuery({
    queryKey: ['compare', ids],
    queryFn: () => audiences.compare(ids[0] as string, ids[1] as string),
    enabled: ids.length === 2,
    retry: false,
  });
  return (
    <Page title={t('audience.compare.title')} question={t('audience.compare.question')} testId="compare-page">
      <Select
        mode="multiple"
        maxCount={6}
        value={ids}
        onChange={(next: string[]) => {
          setChosen(undefined);
          write({ ids: next.join(',') || null });
        }}
        placeholder={t('audience.compare.choose')}
        style={{ width: '100%', maxWidth: 720 }}
        showSearch={{ optionFilterProp: 'label' }}
        options={(list.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        data-testid="compare-choose"
      />
      {list.isError && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {ids.length < 2 && !list.isError && <EmptyStart icon={<BlockOutlined />} title={t('audience.compare.two')} />}
      {overlap.isError && <ProblemView error={overlap.error} retry={() => overlap.refetch()} />}
      {ids.length > 1 && overlap.isPending && <Loading />}
      {overlap.data && (
        <Card
          size="small"
          title={<Define text={t('audience.compare.overlapHint')}>{t('audience.compare.overlap')}</Define>}
          extra={<span className="soft small">{t('audience.compare.union_n', { n: format.number(overlap.data.union) })}</span>}
        >
          <div className="stack">
            {overlap.data.union > 0 ? (
              <UpSet data={overlap.data} chosen={chosen} onChoose={setChosen} />
            ) : (
              <EmptyStart title={t('audience.compare.nobody')} />
            )}
            <Combine ids={ids} chosen={chosen} names={names} />
          </div>
        </Card>
      )}
      {pair.data && <Profile data={pair.data} />}
    </Page>
  );
}
