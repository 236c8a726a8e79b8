import { BellOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entry, groupPlans, type Send } from '../api/group-plans.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';
import { COLOURS, useWords } from './words.ts';

/** One message on its day: what is said, and how it went with each group. */
export function EntryDrawer({ entry, close }: { entry: Entry; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const say = useSay();
  const words = useWords();
  const { nameOf } = useStaff();
  const client = useQueryClient();
  const [state, setState] = useState('all');
  const ref = { planId: entry.planId, stepId: entry.stepId, at: entry.at };
  const remind = async (owner?: string) => {
    try {
      say.done(t('groupPlan.reminded', await groupPlans.remind(ref, owner)));
      await client.invalidateQueries({ queryKey: ['groups'] });
    } catch (error) {
      say.failed(error);
    }
  };
  const how = (one: Send) => (
    <span className="row wrap" style={{ gap: 4 }}>
      <Tag color={COLOURS[one.state]}>{t(`groupPlan.counts.${one.state}`)}</Tag>
      {one.reason && <span className="soft small">{words.reason(one.reason)}</span>}
      {one.state === 'sent' && <Time value={one.sentAt} />}
      {one.state === 'asked' && one.reminded > 0 && <span className="soft small">{t('groupPlan.remindedTimes', { n: one.reminded })}</span>}
    </span>
  );
  const states = Object.entries(entry.counts).filter(([, n]) => n > 0);
  return (
    <Drawer
      open
      onClose={close}
      size={680}
      title={`${entry.step || entry.plan} · ${format.time(entry.at).slice(0, -3)}`}
      data-testid="entry-drawer"
      extra={
        entry.waitingFor > 0 &&
        may('channels.write') && (
          <Button icon={<BellOutlined />} onClick={() => remind()} data-testid="remind-all">
            {t('groupPlan.remind')}
          </Button>
        )
      }
    >
      <div className="stack">
        <span className="soft">
          {entry.plan} · {entry.purpose} · {t('groupPlan.groups', { n: entry.groups })}
        </span>
        <div className="pcard" style={{ whiteSpace: 'pre-wrap', background: 'var(--wash)' }}>
          {entry.text}
        </div>
        {entry.ahead ? (
          <Alert type="info" showIcon title={t('groupPlan.ahead')} description={t('groupPlan.aheadText', { n: entry.groups })} />
        ) : (
          <>
            <Segmented
              value={state}
              onChange={setState}
              options={[
                { value: 'all', label: `${t('groupPlan.all')} ${entry.groups}` },
                ...states.map(([one, n]) => ({ value: one, label: `${t(`groupPlan.counts.${one}`)} ${n}` })),
              ]}
            />
            <CursorTable<Send>
              testId="entry-sends"
              queryKey={['groups', 'sends', ref, state]}
              fetch={(cursor) => groupPlans.sends(ref, { state: state === 'all' ? undefined : state, cursor })}
              rowKey={(one) => one.chatId}
              width={560}
              empty={<span className="soft">{t('groupPlan.noGroups')}</span>}
              card={(one) => (
                <div className="stack tight">
                  <span>
                    {one.group || one.chatId} <span className="soft">{nameOf(one.owner)}</span>
                  </span>
                  {how(one)}
                </div>
              )}
              columns={[
                { title: t('groupPlan.group'), key: 'group', width: 170, ellipsis: true, render: (_, one) => one.group || one.chatId },
                { title: t('groupPlan.owner'), key: 'owner', width: 110, render: (_, one) => nameOf(one.owner) },
                { title: t('groupPlan.how'), key: 'how', width: 230, render: (_, one) => how(one) },
                {
                  title: '',
                  key: 'act',
                  width: 60,
                  render: (_, one) =>
                    one.state === 'asked' && may('channels.write') ? (
                      <Button size="small" type="link" onClick={() => remind(one.owner)}>
                        {t('groupPlan.remindOne')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </>
        )}
      </div>
    </Drawer>
  );
}
