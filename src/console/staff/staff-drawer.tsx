import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Drawer, Input, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Customer, type StaffMember, staff } from '../api/binding.ts';
import { useJob } from '../audience/use-job.ts';
import { useMay } from '../shell/session.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';
import { SeveralStaffPicker, useStaff } from './bits.tsx';

/** One staff member: whom they have, and who takes over when they leave. */
export function StaffDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery({ queryKey: ['staff', 'one', id], queryFn: () => staff.one(id) });
  const member = query.data;
  return (
    <Drawer open onClose={onClose} size={560} title={member?.name ?? id} data-testid="staff-drawer">
      {member && (
        <div className="stack loose">
          <Standing member={member} />
          <Customers id={id} />
        </div>
      )}
    </Drawer>
  );
}

function Standing({ member }: { member: StaffMember }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const { namesOf } = useStaff();
  const client = useQueryClient();
  const job = useJob(t('staff.handedOn'), ['staff']);
  const [to, setTo] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const [handOver, setHandOver] = useState(true);
  const refresh = () => client.invalidateQueries({ queryKey: ['staff'] });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
    } catch (error) {
      say.failed(error);
    }
  };
  const succeed = () =>
    act(async () => {
      if (member.state === 'active') await staff.change(member.id, { state: 'left' });
      job.start((await staff.succeed(member.id, to, reason.trim(), handOver)).jobId);
    });
  return (
    <div className="stack">
      <div className="row wrap">
        <span className="soft mono">{member.id}</span>
        {member.position && <span className="soft">{member.position}</span>}
        {member.unlisted && <Tag>{t('staff.unlisted')}</Tag>}
        {may('settings.write') ? (
          <Segmented<StaffMember['state']>
            size="small"
            value={member.state}
            onChange={(state) => act(() => staff.change(member.id, { state }))}
            options={[
              { value: 'active', label: t('staff.active') },
              { value: 'left', label: t('staff.left') },
            ]}
          />
        ) : (
          <Tag>{t(`staff.${member.state}`)}</Tag>
        )}
      </div>
      {member.heirs.length > 0 && (
        <Alert
          type="info"
          title={t('staff.heir', { name: namesOf(member.heirs) })}
          description={
            may('settings.write') && (
              <Button size="small" onClick={() => act(() => staff.back(member.id))}>
                {t('staff.isBack')}
              </Button>
            )
          }
        />
      )}
      {may('settings.write') && member.heirs.length === 0 && (
        <div className="stack tight">
          <b>{t('staff.leaves')}</b>
          <span className="soft small">{t('staff.leavesHint', { name: member.name })}</span>
          <div className="row wrap">
            <SeveralStaffPicker value={to} onChange={setTo} but={member.id} placeholder={t('staff.successor')} testId="successor" />
            <Input
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              placeholder={t('staff.reason')}
              aria-label={t('staff.reason')}
              maxLength={500}
              style={{ width: 160 }}
            />
            <Checkbox checked={handOver} onChange={(event) => setHandOver(event.target.checked)}>
              {t('staff.friendsToo')}
            </Checkbox>
            <Button danger disabled={to.length === 0 || !reason.trim()} loading={job.running} onClick={succeed} data-testid="succeed">
              {t('staff.doSucceed')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

function Customers({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const term = (c: Customer) =>
    c.disputed ? (
      <Tag color="warning">{t('staff.disputed')}</Tag>
    ) : Date.parse(c.protectedUntil) > Date.now() ? (
      t('staff.protectedUntil', { day: format.day(c.protectedUntil) })
    ) : c.validUntil === null ? (
      t('staff.forGood')
    ) : (
      t('staff.validUntil', { day: format.day(c.validUntil) })
    );
  const name = (c: Customer) => <Link to={`/people/${c.personId}`}>{c.name}</Link>;
  return (
    <div className="stack tight">
      <b>{t('staff.customers')}</b>
      <CursorTable<Customer>
        queryKey={['staff', 'customers', id]}
        fetch={(cursor) => staff.customers(id, cursor)}
        rowKey={(c) => c.personId}
        columns={[
          { key: 'name', title: t('staff.name'), render: (_, c) => name(c) },
          { key: 'since', title: t('staff.binding'), render: (_, c) => t('staff.since', { day: format.day(c.since) }) },
          { key: 'term', title: t('staff.rules.protection'), render: (_, c) => term(c) },
        ]}
        card={(c) => (
          <div className="row wrap between">
            {name(c)} <span className="soft">{term(c)}</span>
          </div>
        )}
        empty={<span className="soft">{t('staff.noCustomers')}</span>}
        width={480}
        testId="staff-customers"
      />
    </div>
  );
}
