import { SyncOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Input, Segmented, Statistic } from 'antd';
import { useTranslation } from 'react-i18next';
import { type GroupView, groups } from '../api/groups.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Page } from '../ui/page.tsx';
import { useSay } from '../ui/undo.tsx';
import { GroupDrawer } from './group-drawer.tsx';
import { HandOverDrawer } from './handover-drawer.tsx';
import { WelcomesDrawer } from './welcomes-drawer.tsx';

export default function GroupsPage() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const filters = { query: read('query') || undefined, state: read('state') || 'open' };
  const first = useQuery({ queryKey: ['groups', 'totals', filters], queryFn: () => groups.list({ ...filters, limit: 1 }) });
  const { nameOf } = useStaff();
  const totals = first.data?.totals;
  const numbers = [
    ['totalGroups', totals?.groups],
    ['totalMembers', totals?.members],
    ['totalPeople', totals?.people],
    ['inSeveral', totals?.inSeveral],
  ] as const;
  const title = (one: GroupView) => (
    <Button type="link" style={{ padding: 0, height: 'auto', alignSelf: 'flex-start' }} onClick={() => write({ group: one.id })}>
      {one.name || t('group.unnamed')}
    </Button>
  );
  const week = (one: GroupView) => `+${one.joinedInWeek} / −${one.leftInWeek}`;
  return (
    <Page title={t('group.title')} question={t('group.question')} testId="groups-page" extra={<Actions />}>
      <div className="stack loose">
        <SyncState />
        <div className="row wrap">
          {numbers.map(([name, value]) => (
            <Card key={name} size="small" style={{ flex: '1 1 140px' }}>
              <Statistic title={t(`group.${name}`)} value={value ?? '–'} />
            </Card>
          ))}
        </div>
        <div className="row wrap">
          <Input.Search
            allowClear
            placeholder={t('group.search')}
            defaultValue={filters.query}
            onSearch={(query) => write({ query: query || null })}
            style={{ width: 240 }}
            data-testid="group-search"
          />
          <Segmented
            value={filters.state}
            onChange={(state) => write({ state: state === 'open' ? null : state })}
            options={['open', 'dissolved', 'all'].map((one) => ({ value: one, label: t(`group.${one}`) }))}
          />
        </div>
        <CursorTable<GroupView>
          testId="groups-table"
          queryKey={['groups', filters]}
          fetch={(cursor) => groups.list({ ...filters, ...(cursor ? { cursor } : {}) })}
          rowKey={(one) => one.id}
          width={900}
          card={(one) => (
            <div className="stack tight">
              {title(one)}
              <span className="soft small">
                {one.purpose && `${one.purpose} · `}
                {nameOf(one.owner)} · {t('group.members')} {one.members} · {t('group.week')} {week(one)}
              </span>
            </div>
          )}
          empty={<EmptyStart title={t('group.empty')} text={t('group.emptyText')} />}
          columns={[
            {
              title: t('group.name'),
              key: 'name',
              width: 220,
              render: (_, one) => title(one),
            },
            { title: t('group.purpose'), key: 'purpose', width: 180, ellipsis: true, render: (_, one) => one.purpose || '–' },
            { title: t('group.owner'), key: 'owner', width: 120, render: (_, one) => (one.owner ? nameOf(one.owner) : '–') },
            { title: t('group.members'), key: 'members', width: 90, align: 'right', render: (_, one) => one.members },
            { title: t('group.staff'), key: 'staff', width: 80, align: 'right', render: (_, one) => one.staff },
            {
              title: t('group.week'),
              key: 'week',
              width: 130,
              align: 'right',
              render: (_, one) => week(one),
            },
            {
              title: t('group.created'),
              key: 'created',
              width: 140,
              render: (_, one) => (one.createdAt ? <Time value={one.createdAt} /> : '–'),
            },
          ]}
        />
        {read('group') && <GroupDrawer id={read('group') ?? ''} close={() => write({ group: null })} />}
      </div>
    </Page>
  );
}

function Actions() {
  const { t } = useTranslation();
  const may = useMay();
  const [read, write] = useUrl();
  return (
    <>
      <Button onClick={() => write({ open: 'welcomes' })} data-testid="group-welcomes">
        {t('groupPlan.welcomes')}
      </Button>
      {may('channels.write') && <Button onClick={() => write({ open: 'handover' })}>{t('groupPlan.handOver')}</Button>}
      <SyncButton />
      {read('open') === 'welcomes' && <WelcomesDrawer close={() => write({ open: null })} />}
      {read('open') === 'handover' && <HandOverDrawer close={() => write({ open: null })} />}
    </>
  );
}

function SyncButton() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const start = async () => {
    try {
      client.setQueryData(['groups', 'sync'], await groups.startSync());
      await client.invalidateQueries({ queryKey: ['groups', 'sync'] });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Button icon={<SyncOutlined />} onClick={start} disabled={!may('channels.write')} data-testid="group-sync">
      {t('group.sync')}
    </Button>
  );
}

function SyncState() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['groups', 'sync'],
    queryFn: groups.sync,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 2_000 : false),
  });
  if (!data || data.state === 'never') return null;
  const { friends, added, joined } = data;
  const said = { done: data.members.done, total: data.members.total, friends, added, joined, groups: data.groups };
  return (
    <Alert
      type={data.state === 'running' ? 'info' : 'success'}
      showIcon
      title={t(data.state === 'running' ? 'group.syncing' : 'group.synced', said)}
    />
  );
}
