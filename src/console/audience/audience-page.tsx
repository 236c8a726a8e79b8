import { ApartmentOutlined, BlockOutlined, TeamOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Switch, Tabs, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { type Audience, audiences } from '../api/audiences.ts';
import { type Person, people } from '../api/people.ts';
import type { Rule } from '../api/rule.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import { LiveSize } from '../rules/live-size.tsx';
import { type GroupState, unfinished } from '../rules/state.ts';
import { useMay } from '../shell/session.tsx';
import { PersonLink, Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft, useUrl } from '../ui/hooks.ts';
import { LevelTag, StageTag, TierTag } from '../ui/labels.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { AudienceInsight } from './audience-insight.tsx';
import { TemplateButtons } from './template-buttons.tsx';
import { Versions } from './versions.tsx';

interface Form {
  name: string;
  live: boolean;
  state: GroupState;
}

function Members({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <CursorTable<Person>
      testId="audience-members"
      queryKey={['people', { audience: id }]}
      fetch={(cursor) => people.list({ audience: id, cursor, limit: 100 })}
      rowKey={(person) => person.id}
      width={640}
      refetchInterval={5_000}
      columns={[
        { title: t('people.name'), key: 'name', render: (_, person) => <PersonLink person={person} /> },
        { title: t('people.level'), key: 'level', width: 120, render: (_, person) => <LevelTag level={person.level} /> },
        { title: t('people.stage'), key: 'stage', width: 110, render: (_, person) => <StageTag stage={person.stage} /> },
        { title: t('people.tier'), key: 'tier', width: 110, render: (_, person) => <TierTag tier={person.tier} /> },
        { title: t('people.lastSeen'), key: 'seen', width: 120, render: (_, person) => <Time value={person.lastSeenAt} /> },
      ]}
      card={(person) => (
        <div className="row between">
          <PersonLink person={person} sub={<Time value={person.lastSeenAt} />} />
          <LevelTag level={person.level} />
        </div>
      )}
      empty={<EmptyStart icon={<TeamOutlined />} title={t('audience.noMembers')} />}
    />
  );
}

function Editor({ saved, first, draftKey }: { saved?: Audience; first: Form; draftKey: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useSay();
  const may = useMay();
  const draft = useDraft<Form>(`audience.${draftKey}`, first);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const { name, live, state } = draft.value;
  const rule = toRule(state);
  const open = unfinished(state);

  const save = async () => {
    setTried(true);
    if (!name.trim() || !rule) return;
    setBusy(true);
    setFailed(undefined);
    try {
      // Who is in a frozen one stays: only its name changes.
      const body = saved?.frozen ? { name: name.trim() } : { name: name.trim(), rule, live };
      const result = saved ? await audiences.change(saved.id, body) : await audiences.create({ name: name.trim(), rule, live });
      draft.clear(draft.value);
      await client.invalidateQueries({ queryKey: ['audiences'] });
      say.done(t('audience.savedGo'));
      if (!saved) navigate(`/audiences/${result.id}?tab=members`, { replace: true });
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid side">
      <div className="stack" style={{ minWidth: 0 }}>
        <DraftNotice draft={draft} saved={first} />
        <Card size="small">
          <div className="stack">
            <div className="row wrap">
              <Input
                value={name}
                onChange={(event) => draft.change({ ...draft.value, name: event.target.value })}
                placeholder={t('audience.namePlaceholder')}
                aria-label={t('audience.name')}
                status={tried && !name.trim() ? 'error' : undefined}
                style={{ maxWidth: 420, fontWeight: 500 }}
                maxLength={120}
                data-testid="audience-name"
              />
              <Tooltip title={t('audience.liveHint')}>
                <span className="row">
                  <Switch
                    size="small"
                    checked={live}
                    onChange={(next) => draft.change({ ...draft.value, live: next })}
                    data-testid="audience-live"
                  />{' '}
                  {t('audience.live')}
                </span>
              </Tooltip>
            </div>
            {saved?.frozen ? (
              <span className="soft">{t('audience.frozenHint')}</span>
            ) : (
              <RuleBuilder state={state} onChange={(next) => draft.change({ ...draft.value, state: next })} />
            )}
            {!saved && !state.children.length && (
              <div className="row wrap">
                <span className="soft small">{t('audience.templates')}</span>
                <TemplateButtons />
              </div>
            )}
            {failed !== undefined && <ProblemView error={failed} />}
            <div className="row wrap">
              <Button
                type="primary"
                onClick={save}
                loading={busy}
                disabled={!may('audiences.write') || (Boolean(saved) && !draft.dirty)}
                data-testid="save-audience"
              >
                {saved ? t('common.save') : t('audience.saveNew')}
              </Button>
              {tried && !name.trim() && <span className="bad small">{t('audience.needName')}</span>}
              {tried && !rule && <span className="bad small">{t('audience.needRule')}</span>}
              {draft.dirty && <span className="soft small">{t('common.draftKept')}</span>}
            </div>
          </div>
        </Card>
      </div>
      <LiveSize rule={rule} unfinished={open} />
    </div>
  );
}

function FrozenTag({ frozen }: { frozen: NonNullable<Audience['frozen']> }) {
  const { t } = useTranslation();
  return (
    <Tooltip title={t('audience.frozenHint')}>
      <Tag color="blue">
        {t('audience.frozenAt')} <Time value={frozen.at} full />
      </Tag>
    </Tooltip>
  );
}

export default function AudiencePage() {
  const { t } = useTranslation();
  const may = useMay();
  const { id = 'new' } = useParams();
  const [read, write] = useUrl();
  const isNew = id === 'new';
  const query = useQuery({ queryKey: ['audiences', id], queryFn: () => audiences.get(id), enabled: !isNew });
  if (query.isError)
    return (
      <Page title={t('audience.title')} testId="audience-page">
        <ProblemView error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  if (!isNew && query.isPending)
    return (
      <Page title="…" testId="audience-page">
        <Loading />
      </Page>
    );
  if (isNew) {
    let rule: Rule | undefined;
    try {
      rule = JSON.parse(read('rule') ?? 'null') ?? undefined;
    } catch {
      rule = undefined;
    }
    return (
      <Page title={t('audience.create')} question={t('audience.question')} testId="audience-page">
        <Editor
          key={read('rule') ?? 'blank'}
          draftKey={`new${read('rule') ?? ''}`}
          first={{ name: read('name') ?? '', live: true, state: fromRule(rule) }}
        />
      </Page>
    );
  }
  const saved = query.data as Audience;
  return (
    <Page
      title={saved.name}
      testId="audience-page"
      extra={
        <>
          {saved.frozen && <FrozenTag frozen={saved.frozen} />}
          <Versions place={`/audiences/${saved.id}`} may={may('audiences.write')} />
          <Link to={`/audiences/compare?ids=${saved.id}`}>
            <Button icon={<BlockOutlined />}>{t('audience.compare.with')}</Button>
          </Link>
          <Link to={`/people?audience=${saved.id}`}>
            <Button icon={<TeamOutlined />}>{t('audience.seePeople')}</Button>
          </Link>
          <Link to={`/journeys/new?audience=${saved.id}`}>
            <Button icon={<ApartmentOutlined />}>{t('audience.useInJourney')}</Button>
          </Link>
        </>
      }
    >
      <Tabs
        activeKey={read('tab') ?? 'rule'}
        onChange={(tab) => write({ tab: tab === 'rule' ? null : tab })}
        items={[
          {
            key: 'rule',
            label: t('audience.build'),
            children: (
              <Editor
                key={saved.updatedAt}
                draftKey={saved.id}
                saved={saved}
                first={{ name: saved.name, live: saved.live, state: fromRule(saved.rule) }}
              />
            ),
          },
          { key: 'members', label: t('audience.members'), children: <Members id={saved.id} /> },
          { key: 'insight', label: t('audience.insight.title'), children: <AudienceInsight audience={saved} /> },
        ]}
      />
    </Page>
  );
}
