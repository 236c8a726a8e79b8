import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Progress, Table, Tabs, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Definition, definitions, type LadderKind, type TagDefinition } from '../api/audiences.ts';
import { people } from '../api/people.ts';
import { describeRule } from '../rules/describe.ts';
import { useWords } from '../rules/words.ts';
import { useMay } from '../shell/session.tsx';
import { useStandingColours } from '../theme/theme.tsx';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { DEFINITIONS_KEY, useDefinitions, useLabels } from '../ui/labels.tsx';
import { Define, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { DefinitionDrawer, type Editing } from './definition-drawer.tsx';
import { Interests } from './interests.tsx';
import { OrderedEditor } from './ordered-editor.tsx';
import { Recompute } from './recompute.tsx';
import { Versions } from './versions.tsx';

type Kind = LadderKind | 'tags';
const KINDS: Kind[] = ['levels', 'stages', 'tiers', 'tags'];
const FILTER = { levels: 'level', stages: 'stage', tiers: 'tier', tags: 'tag' } as const;
const TITLES = { levels: 'ladder', stages: 'stages', tiers: 'tiers', tags: 'tags' } as const;

function DefinitionTable({
  kind,
  rows,
  total,
  onEdit,
}: {
  kind: Kind;
  rows: Definition[];
  total: number | undefined;
  onEdit: (editing: Editing) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const may = useMay();
  const words = useWords();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const colours = useStandingColours();
  const write = may('definitions.write');
  const said = (one: Definition) => {
    if (one.rule) return describeRule(one.rule, words);
    const { model } = (one as TagDefinition).about ?? {};
    return model ? t('audience.tag.byModel', { topic: model.topic, n: model.threshold }) : t('audience.def.byHand');
  };
  const count = (one: Definition) => (
    <Reveal
      onClick={() =>
        open({
          title: named(one.name, one.key),
          count: one.count,
          definition: said(one),
          source: { kind: 'filters', filters: { [FILTER[kind]]: one.key } },
        })
      }
      testId={`count-${one.key}`}
    >
      {format.number(one.count)}
    </Reveal>
  );
  const name = (one: Definition) => (
    <span className="row" style={{ gap: 6 }}>
      {colours[one.key] && <span style={{ width: 10, height: 10, borderRadius: 3, background: colours[one.key] }} />}
      {kind === 'tags' ? (
        <Link to={`/tags/${one.key}`} data-testid={`tag-${one.key}`}>
          {named(one.name, one.key)}
        </Link>
      ) : (
        <b style={{ fontWeight: 500 }}>{named(one.name, one.key)}</b>
      )}
      <span className="soft mono small">{one.key}</span>
    </span>
  );
  const edit = (one: Definition) => onEdit(kind === 'tags' ? { kind, item: one as TagDefinition } : { kind, item: one });
  const drop = async (one: TagDefinition) => {
    const refresh = () => client.invalidateQueries({ queryKey: DEFINITIONS_KEY });
    try {
      await definitions.removeTag(one.id);
      await refresh();
      undo(t('common.deleted', { name: named(one.name, one.key) }), async () => {
        await definitions
          .addTag({ key: one.key, name: one.name, rule: one.rule, ...(one.about ? { about: one.about } : {}) })
          .catch(say.failed);
        await refresh();
      });
    } catch (error) {
      say.failed(error);
    }
  };
  const tools = (one: Definition) =>
    write && (
      <span className="row" style={{ gap: 0 }}>
        <Button
          type="text"
          size="small"
          icon={<EditOutlined />}
          aria-label={t('common.edit')}
          onClick={() => edit(one)}
          data-testid={`edit-${one.key}`}
        />
        {kind === 'tags' && (
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('common.delete')}
            onClick={() => drop(one as TagDefinition)}
          />
        )}
      </span>
    );
  const part = (one: Definition) => (total && one.count !== undefined ? one.count / total : 0);
  if (phone)
    return (
      <>
        {rows.map((one) => (
          <div key={one.key} className="pcard stack tight">
            <div className="row between">
              {name(one)} {tools(one)}
            </div>
            <span>
              {count(one)} {t('common.people')} <span className="soft small">{format.percent(part(one))}</span>
            </span>
            <span className="soft small">{said(one)}</span>
          </div>
        ))}
      </>
    );
  return (
    <Table<Definition>
      rowKey="key"
      size="middle"
      pagination={false}
      dataSource={rows}
      columns={[
        { title: t('common.name'), key: 'name', width: 250, render: (_, one) => name(one) },
        { title: t('audience.def.count'), key: 'count', width: 110, align: 'right', render: (_, one) => count(one) },
        {
          title: <Define text={t('audience.def.partDefinition')}>{t('audience.def.part')}</Define>,
          key: 'part',
          width: 170,
          render: (_, one) => <Progress percent={Math.round(part(one) * 1000) / 10} size="small" strokeColor={colours[one.key]} />,
        },
        {
          title: t('audience.def.rule'),
          key: 'rule',
          render: (_, one) => (one.rule ? <span className="soft">{said(one)}</span> : <Tag>{said(one)}</Tag>),
        },
        { title: '', key: 'tools', width: 90, render: (_, one) => tools(one) },
      ]}
    />
  );
}

export default function DefinitionsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [read, write] = useUrl();
  const [editing, setEditing] = useState<Editing>();
  const query = useDefinitions();
  const total = useQuery({ queryKey: ['people', 'total'], queryFn: () => people.list({ limit: 1 }) });
  const [ordering, setOrdering] = useState(false);
  const kind = (read('tab') ?? 'levels') as Kind | 'interests';
  const all = kind === 'interests' ? [] : (query.data?.[kind] ?? []);
  return (
    <Page
      title={t('audience.def.title')}
      question={t('audience.def.question')}
      testId="definitions-page"
      extra={may('definitions.write') && <Recompute />}
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && (
        <Card size="small" styles={{ body: { paddingTop: 4 } }}>
          <Tabs
            activeKey={kind}
            onChange={(tab) => write({ tab: tab === 'levels' ? null : tab })}
            tabBarExtraContent={
              kind === 'interests' ? undefined : kind !== 'tags' ? (
                <span className="row">
                  <Versions place={`/definitions/${kind}`} may={may('definitions.write')} />
                  {may('definitions.write') && (
                    <Button size="small" type="primary" icon={<EditOutlined />} onClick={() => setOrdering(true)} data-testid="edit-all">
                      {t('audience.ordered.edit')}
                    </Button>
                  )}
                </span>
              ) : may('definitions.write') ? (
                <Button
                  size="small"
                  type="primary"
                  icon={<PlusOutlined />}
                  onClick={() => setEditing({ kind: 'tags' })}
                  data-testid="new-tag"
                >
                  {t('audience.def.newTag')}
                </Button>
              ) : undefined
            }
            items={[
              ...KINDS.map((one) => ({
                key: one,
                label: t(`audience.def.${TITLES[one]}`),
                children: (
                  <div className="stack">
                    <span className="soft small">{t(`audience.def.${TITLES[one]}Hint`)}</span>
                    <DefinitionTable kind={one} rows={query.data[one]} total={total.data?.total ?? undefined} onEdit={setEditing} />
                  </div>
                ),
              })),
              { key: 'interests', label: t('audience.interest.title'), children: <Interests /> },
            ]}
          />
        </Card>
      )}
      {ordering && kind !== 'tags' && kind !== 'interests' && <OrderedEditor kind={kind} old={all} onClose={() => setOrdering(false)} />}
      <DefinitionDrawer editing={editing} all={all} onClose={() => setEditing(undefined)} />
    </Page>
  );
}
