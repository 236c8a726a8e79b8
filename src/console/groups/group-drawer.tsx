import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groups, type Member } from '../api/groups.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { PersonLink, Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { Overlap } from './overlap.tsx';

/** One group: what it is for, and who is or was in it. */
export function GroupDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState('in');
  const query = useQuery({ queryKey: ['groups', 'one', id], queryFn: () => groups.get(id) });
  const one = query.data;
  const { nameOf } = useStaff();
  const who = (member: Member) =>
    member.person ? <PersonLink person={member.person} /> : <span className="soft">{t('group.unknown')}</span>;
  const via = (member: Member) => [t(`group.viaOf.${member.via}`, member.via), member.state].filter(Boolean).join(' · ');
  return (
    <Drawer open onClose={close} size={720} title={one?.name || t('group.unnamed')} data-testid="group-drawer">
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {one && (
        <div className="stack">
          <span className="soft">
            {t('group.owner')}: {one.owner ? nameOf(one.owner) : '–'} · {t('group.members')}: {one.members} · {t('group.staff')}:{' '}
            {one.staff}
          </span>
          {one.notice && <div>{one.notice}</div>}
          <Purpose key={one.purpose} id={id} purpose={one.purpose} />
          <div>
            <strong>{t('groupPlan.overlap')}</strong>
            <Overlap id={id} />
          </div>
          <Segmented
            value={state}
            onChange={setState}
            options={[
              { value: 'in', label: t('group.stateIn') },
              { value: 'left', label: t('group.stateLeft') },
              { value: 'all', label: t('group.all') },
            ]}
          />
          <CursorTable<Member>
            testId="group-members"
            queryKey={['groups', id, 'members', state]}
            fetch={(cursor) => groups.members(id, { state, ...(cursor ? { cursor } : {}) })}
            rowKey={(member) => member.externalUserId}
            width={620}
            empty={<span className="soft">{t('group.nobody')}</span>}
            card={(member) => (
              <div className="stack tight">
                {who(member)}
                <span className="soft small">
                  <Time value={member.since} /> · {via(member)}
                </span>
              </div>
            )}
            columns={[
              {
                title: t('group.person'),
                key: 'person',
                width: 150,
                render: (_, member) => who(member),
              },
              { title: t('group.since'), key: 'since', width: 130, render: (_, member) => <Time value={member.since} /> },
              { title: t('group.via'), key: 'via', width: 130, render: (_, member) => via(member) },
              {
                title: t('group.left'),
                key: 'left',
                width: 150,
                render: (_, member) =>
                  member.leftAt ? (
                    <>
                      <Time value={member.leftAt} />{' '}
                      <span className="soft">{member.leftBy && t(`group.leftBy.${member.leftBy}`, member.leftBy)}</span>
                    </>
                  ) : (
                    '–'
                  ),
              },
              { title: t('group.others'), key: 'others', width: 90, align: 'right', render: (_, member) => member.otherGroups },
            ]}
          />
        </div>
      )}
    </Drawer>
  );
}

function Purpose({ id, purpose }: { id: string; purpose: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const save = async (values: { purpose?: string }) => {
    try {
      await groups.describe(id, values.purpose ?? '');
      await client.invalidateQueries({ queryKey: ['groups'] });
      say.saved();
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Form layout="inline" initialValues={{ purpose }} onFinish={save} disabled={!may('channels.write')}>
      <Form.Item name="purpose" label={t('group.purpose')} style={{ flex: 1 }}>
        <Input maxLength={200} placeholder={t('group.purposeHint')} data-testid="group-purpose" />
      </Form.Item>
      <Button htmlType="submit">{t('common.save')}</Button>
    </Form>
  );
}
