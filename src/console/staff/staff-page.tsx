import { ShopOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Popover, Select, Tabs, Tag, Tooltip, Tree, type TreeDataNode } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type StaffMember, staff, type TakenIn, type Unit } from '../api/binding.ts';
import { channels } from '../api/channels.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useDebounced, useUrl } from '../ui/hooks.ts';
import { EmptyStart, Page } from '../ui/page.tsx';
import { useSay } from '../ui/undo.tsx';
import { useStaff } from './bits.tsx';
import { Disputes, Transfers } from './disputes.tsx';
import { RulesForm } from './rules-form.tsx';
import { StaffDrawer } from './staff-drawer.tsx';
import { Outcome, TakeInDrawer } from './take-in.tsx';

export default function StaffPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [read, write] = useUrl();
  return (
    <Page title={t('staff.title')} question={t('staff.question')} testId="staff-page">
      <Tabs
        activeKey={read('tab') ?? 'staff'}
        onChange={(tab) => write({ tab: tab === 'staff' ? null : tab })}
        items={[
          { key: 'staff', label: t('staff.tab.staff'), children: <Organisation /> },
          ...(may('policy.read') ? [{ key: 'rules', label: t('staff.tab.rules'), children: <RulesForm /> }] : []),
          { key: 'disputes', label: t('staff.tab.disputes'), children: <Disputes /> },
          { key: 'transfers', label: t('staff.tab.transfers'), children: <Transfers /> },
        ]}
      />
    </Page>
  );
}

function Organisation() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [read, write] = useUrl();
  const [taking, setTaking] = useState(false);
  const [outcome, setOutcome] = useState<TakenIn>();
  const units = useQuery({ queryKey: ['staff', 'units'], queryFn: staff.units });
  const sync = async () => {
    try {
      setOutcome(await staff.sync());
      await client.invalidateQueries({ queryKey: ['staff'] });
    } catch (error) {
      say.failed(error);
    }
  };
  const list = units.data?.items ?? [];
  const chosen = read('unit');
  return (
    <div className="stack">
      {may('settings.write') && (
        <div className="row wrap">
          <Button type="primary" onClick={() => setTaking(true)} data-testid="staff-import">
            {t('staff.import')}
          </Button>
          <Button onClick={sync}>{t('staff.sync')}</Button>
          <NewUnit units={list} />
        </div>
      )}
      {outcome && <Outcome outcome={outcome} />}
      <div className="row wrap" style={{ alignItems: 'flex-start', gap: 16 }}>
        {list.length > 0 && (
          <Card size="small" style={{ flex: '1 1 240px', maxWidth: 340, minWidth: 0 }}>
            <Tree
              blockNode
              defaultExpandAll
              selectedKeys={[chosen ?? '']}
              onSelect={([key]) => write({ unit: key ? String(key) : null })}
              treeData={[{ key: '', title: t('staff.everyone') }, ...branches(list, null, (unit) => <UnitLine unit={unit} />)]}
              data-testid="org-tree"
            />
          </Card>
        )}
        <div style={{ flex: '3 1 420px', minWidth: 0 }}>
          <People unit={chosen} />
        </div>
      </div>
      {may('channels.read') && <SidebarAddress />}
      {taking && <TakeInDrawer onClose={() => setTaking(false)} />}
    </div>
  );
}

/** Where WeCom's chat toolbar is to lead. */
function SidebarAddress() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['channels'], queryFn: channels.list, staleTime: 60_000 });
  const account = data?.items.find((one) => one.key === 'wecom')?.id;
  if (!account) return null;
  const address = `${location.origin}/sidebar.html?account=${account}`;
  return (
    <Card size="small" title={t('staff.sidebar')}>
      <div className="soft small">{t('staff.sidebarHint')}</div>
      <span className="row wrap">
        <span className="mono" style={{ overflowWrap: 'anywhere' }}>
          {address}
        </span>
        <CopyButton text={address} label="" />
      </span>
    </Card>
  );
}

function branches(units: Unit[], parent: string | null, title: (unit: Unit) => ReactNode): TreeDataNode[] {
  const here = new Set(units.map((u) => u.id));
  return units
    .filter((u) => (parent === null ? u.parentId === null || !here.has(u.parentId) : u.parentId === parent))
    .map((u) => ({ key: u.id, title: title(u), children: branches(units, u.id, title) }));
}

function UnitLine({ unit }: { unit: Unit }) {
  const { t } = useTranslation();
  return (
    <span className="row wrap between">
      <span>
        {unit.kind === 'store' && <ShopOutlined aria-label={t('staff.store')} />} {unit.name}{' '}
        <span className="soft small">{unit.city}</span>
      </span>
      <span className="soft small">{t('staff.unitCounts', { staff: unit.staff, customers: unit.customers })}</span>
    </span>
  );
}

function NewUnit({ units }: { units: Unit[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [parentId, setParent] = useState<string | null>(null);
  const [kind, setKind] = useState<Unit['kind']>('store');
  const save = async () => {
    try {
      await staff.saveUnit({ name: name.trim(), parentId, kind, city: null });
      setName('');
      await client.invalidateQueries({ queryKey: ['staff'] });
    } catch (error) {
      say.failed(error);
    }
  };
  const form = (
    <div className="stack tight" style={{ width: 260 }}>
      <Select<Unit['kind']>
        value={kind}
        onChange={setKind}
        aria-label={t('staff.store')}
        options={[
          { value: 'store', label: t('staff.store') },
          { value: 'department', label: t('staff.department') },
        ]}
      />
      <Input
        value={name}
        onChange={(event) => setName(event.target.value)}
        placeholder={t('staff.unitName')}
        aria-label={t('staff.unitName')}
        maxLength={100}
      />
      <Select
        allowClear
        value={parentId}
        onChange={(id) => setParent(id ?? null)}
        placeholder={t('staff.under')}
        aria-label={t('staff.under')}
        options={units.map((u) => ({ value: u.id, label: u.name }))}
      />
      <Button type="primary" size="small" disabled={!name.trim()} onClick={save}>
        {t('common.save')}
      </Button>
    </div>
  );
  return (
    <Popover content={form} trigger="click">
      <Button>{t('staff.addUnit')}</Button>
    </Popover>
  );
}

function People({ unit }: { unit: string | undefined }) {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const [text, setText] = useState('');
  const query = useDebounced(text.trim());
  const { namesOf } = useStaff();
  const open = read('staff');
  const show = (id: string) => write({ staff: id });
  const standing = (member: StaffMember) => (
    <span className="row wrap" style={{ gap: 4 }}>
      {member.unlisted ? (
        <Tooltip title={t('staff.unlistedHint')}>
          <Tag>{t('staff.unlisted')}</Tag>
        </Tooltip>
      ) : (
        <Tag color={member.state === 'left' ? 'default' : 'success'}>{t(`staff.${member.state}`)}</Tag>
      )}
      {member.heirs.length > 0 && <span className="soft small">{t('staff.heir', { name: namesOf(member.heirs) })}</span>}
      {member.state === 'left' && member.heirs.length === 0 && member.customers > 0 && <Tag color="error">{t('staff.needsHeir')}</Tag>}
    </span>
  );
  const name = (member: StaffMember) => (
    <Button type="link" style={{ padding: 0, height: 'auto' }} onClick={() => show(member.id)} data-testid={`staff-${member.id}`}>
      {member.name}
    </Button>
  );
  return (
    <div className="stack">
      <Input.Search
        allowClear
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t('staff.search')}
        aria-label={t('staff.search')}
        style={{ maxWidth: 320 }}
      />
      <CursorTable<StaffMember>
        queryKey={['staff', 'list', unit, query]}
        fetch={(cursor) => staff.list({ unit, query, cursor })}
        rowKey={(member) => member.id}
        columns={[
          {
            key: 'name',
            title: t('staff.name'),
            render: (_, member) => (
              <span>
                {name(member)} <span className="soft small mono">{member.id !== member.name && member.id}</span>
              </span>
            ),
          },
          { key: 'position', title: t('staff.position'), render: (_, member) => <span className="soft">{member.position}</span> },
          { key: 'state', title: t('staff.state'), render: (_, member) => standing(member) },
          { key: 'customers', title: t('staff.customers'), align: 'right', width: 110, render: (_, member) => member.customers },
        ]}
        card={(member) => (
          <div className="row wrap between">
            <span>
              {name(member)} {standing(member)}
            </span>
            <b>{member.customers}</b>
          </div>
        )}
        empty={<EmptyStart title={t('staff.empty')} text={t('staff.emptyText')} />}
        width={560}
        testId="staff-table"
      />
      {open && <StaffDrawer id={open} onClose={() => write({ staff: null })} />}
    </div>
  );
}
