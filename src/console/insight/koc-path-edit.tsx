import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type KocSettings, koc, type Rank } from '../api/position.ts';
import type { Rule } from '../api/rule.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import { type GroupState, unfinished } from '../rules/state.ts';
import { usePhone } from '../ui/hooks.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

interface Task {
  name: Rank['tasks'][number]['name'];
  rule: GroupState;
}
type Editing = Omit<Rank, 'tasks' | 'benefits'> & { tasks: Task[]; benefits: string };

const opened = (rank: Rank): Editing => ({
  ...rank,
  tasks: rank.tasks.map((task) => ({ name: task.name, rule: fromRule(task.rule as Rule) })),
  benefits: rank.benefits.join('\n'),
});

/** Ranks with their tasks, which are rules, and their benefits. */
export function KocPathEdit({ ranks, settings, onClose }: { ranks: Rank[]; settings: KocSettings; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const client = useQueryClient();
  const say = useSay();
  const [edited, setEdited] = useState(() => ranks.map(opened));
  const [error, setError] = useState<unknown>();
  const missing = edited.some(
    (rank) => rank.tasks.length === 0 || rank.tasks.some((task) => unfinished(task.rule) > 0 || !toRule(task.rule) || !task.name.zh),
  );
  const change = (at: number, next: Partial<Editing>) => setEdited(edited.map((one, i) => (i === at ? { ...one, ...next } : one)));
  const changeTask = (at: number, index: number, next: Partial<Task>) =>
    change(at, { tasks: edited[at]!.tasks.map((one, i) => (i === index ? { ...one, ...next } : one)) });
  const save = async () => {
    try {
      await koc.put({
        ...settings,
        ranks: edited.map((rank) => ({
          ...rank,
          name: { zh: rank.name.zh, en: rank.name.en || rank.name.zh },
          tasks: rank.tasks.map((task) => ({ name: { zh: task.name.zh, en: task.name.en || task.name.zh }, rule: toRule(task.rule) })),
          benefits: rank.benefits
            .split('\n')
            .map((line) => line.trim())
            .filter(Boolean),
        })),
      });
      await client.invalidateQueries({ queryKey: ['koc'] });
      say.saved();
      onClose();
    } catch (failed) {
      setError(failed);
    }
  };
  const names = (name: { zh: string; en: string }, label: string, onChange: (next: { zh: string; en: string }) => void) => (
    <span className="row wrap">
      <Input
        value={name.zh}
        placeholder={`${label} (中文)`}
        style={{ width: 170 }}
        onChange={(event) => onChange({ ...name, zh: event.target.value })}
      />
      <Input
        value={name.en}
        placeholder={`${label} (English)`}
        style={{ width: 170 }}
        onChange={(event) => onChange({ ...name, en: event.target.value })}
      />
    </span>
  );
  const fresh = () => `rank_${Math.max(0, ...edited.map((one) => Number(/^rank_(\d+)$/.exec(one.key)?.[1] ?? 0))) + 1}`;
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? '100%' : 820}
      title={t('koc.path')}
      extra={
        <span className="row">
          {missing && <span className="warn small">{t('koc.unfinished')}</span>}
          <Button type="primary" disabled={missing} onClick={() => void save()} data-testid="save-path">
            {t('common.save')}
          </Button>
        </span>
      }
    >
      <div className="stack">
        <ProblemView error={error} />
        {edited.map((rank, at) => (
          <Card
            key={rank.key}
            size="small"
            title={names(rank.name, t('koc.rankName'), (name) => change(at, { name }))}
            extra={
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => setEdited(edited.filter((_, i) => i !== at))}
              />
            }
          >
            <div className="stack">
              {rank.tasks.map((task, index) => (
                <div key={index} className="stack tight">
                  <div className="row between">
                    {names(task.name, t('koc.taskName'), (name) => changeTask(at, index, { name }))}
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      aria-label={t('common.delete')}
                      disabled={rank.tasks.length === 1}
                      onClick={() => change(at, { tasks: rank.tasks.filter((_, i) => i !== index) })}
                    />
                  </div>
                  <RuleBuilder state={task.rule} onChange={(rule) => changeTask(at, index, { rule })} />
                </div>
              ))}
              <Button
                size="small"
                icon={<PlusOutlined />}
                style={{ alignSelf: 'flex-start' }}
                onClick={() => change(at, { tasks: [...rank.tasks, { name: { zh: '', en: '' }, rule: fromRule(null) }] })}
              >
                {t('koc.addTask')}
              </Button>
              <Input.TextArea
                rows={2}
                value={rank.benefits}
                placeholder={`${t('koc.benefits')}: ${t('koc.benefitsHint')}`}
                onChange={(event) => change(at, { benefits: event.target.value })}
              />
            </div>
          </Card>
        ))}
        <Button
          icon={<PlusOutlined />}
          onClick={() =>
            setEdited([
              ...edited,
              { key: fresh(), name: { zh: '', en: '' }, tasks: [{ name: { zh: '', en: '' }, rule: fromRule(null) }], benefits: '' },
            ])
          }
        >
          {t('koc.addRank')}
        </Button>
      </div>
    </Drawer>
  );
}
