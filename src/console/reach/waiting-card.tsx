import { BellOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reach, type WaitingTask } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** Mass messages that wait for a staff member to press "send", with a reminder as often as the platform allows. */
export function WaitingCard() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [busy, setBusy] = useState<string>();
  const query = useQuery({ queryKey: ['reach', 'waiting'], queryFn: reach.waiting });
  const tasks = query.data?.items ?? [];
  const open = tasks.filter((one) => one.remindersLeft > 0).slice(0, 200);
  const remind = async (ids: string[], name: string) => {
    setBusy(name);
    try {
      const { reminded, refused } = await reach.remind(ids);
      if (reminded > 0) say.done(t('reach.task.done', { n: reminded }));
      const [first] = refused;
      if (first) say.failed(new Error(t('reach.task.refused', { n: refused.length, why: first.reason })));
      await client.invalidateQueries({ queryKey: ['reach', 'waiting'] });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Card
      size="small"
      title={t('reach.task.title')}
      data-testid="waiting"
      extra={
        may('messages.write') &&
        open.length > 1 && (
          <Button
            size="small"
            icon={<BellOutlined />}
            loading={busy === 'all'}
            onClick={() =>
              remind(
                open.map((one) => one.id),
                'all',
              )
            }
            data-testid="remind-all"
          >
            {t('reach.task.remindAll', { n: open.length })}
          </Button>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.data && tasks.length === 0 && <span className="soft">{t('reach.task.none')}</span>}
      {tasks.map((task) => (
        <TaskLine
          key={task.id}
          task={task}
          busy={busy === task.id}
          remind={may('messages.write') ? () => remind([task.id], task.id) : undefined}
        />
      ))}
    </Card>
  );
}

function TaskLine({ task, busy, remind }: { task: WaitingTask; busy: boolean; remind: (() => void) | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf } = useStaff();
  return (
    <div
      className="row wrap between"
      style={{ padding: '10px 0', borderBottom: '1px solid var(--line)', gap: '4px 16px' }}
      data-testid="waiting-task"
    >
      <div style={{ flex: '1 1 260px', minWidth: 0 }}>
        <div>
          <b style={{ fontWeight: 500 }}>{nameOf(task.userId)}</b>{' '}
          <span className="num small">
            {format.number(task.waiting)} / {format.number(task.receivers)}
          </span>
        </div>
        <div className="soft small clip">{task.text}</div>
      </div>
      <div className="row wrap small" style={{ gap: 12 }}>
        <span className="soft">
          {t('reach.task.since')} <Time value={task.since} />
        </span>
        {task.remindedAt && (
          <span className="soft">
            {t('reach.task.reminded')} <Time value={task.remindedAt} />
          </span>
        )}
        {remind &&
          (task.remindersLeft > 0 ? (
            <Button size="small" icon={<BellOutlined />} loading={busy} onClick={remind} data-testid="remind">
              {t('reach.task.remind')} ({task.remindersLeft})
            </Button>
          ) : (
            <span className="warn">{t('reach.task.again', { when: format.time(task.nextReminderAt) })}</span>
          ))}
      </div>
    </div>
  );
}
