import { DeleteOutlined, SaveOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Question, type SavedQuestion, savedQuestions } from '../../api/explore.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { usePhone } from '../../ui/hooks.ts';
import { EmptyStart, Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay, useUndo } from '../../ui/undo.tsx';

const KEY = ['insight', 'questions'];

/** Saves what is asked, under a name, for everyone in the workspace. */
export function SaveQuestion({ question, days }: { question: Question | undefined; days: number | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const may = useMay();
  const [name, setName] = useState('');
  const [open, setOpen] = useState(false);
  if (!may('questions.write')) return null;
  const save = async () => {
    if (!question || !name.trim()) return;
    const { compare: _, ...kept } = question;
    try {
      await savedQuestions.save({ name: name.trim(), question: kept, days });
      setOpen(false);
      setName('');
      say.saved();
      void client.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Input
            value={name}
            autoFocus
            maxLength={120}
            placeholder={t('insight.explore.saveName')}
            onChange={({ target }) => setName(target.value)}
            data-testid="question-name"
          />
          <Button type="primary" htmlType="submit" disabled={!name.trim()} data-testid="question-save">
            {t('common.save')}
          </Button>
        </form>
      }
    >
      <Button icon={<SaveOutlined />} disabled={!question} data-testid="save-question">
        {t('common.save')}
      </Button>
    </Popover>
  );
}

/** What was saved here, by anyone; opened with a click. */
export function SavedQuestions({ onOpen }: { onOpen: (question: SavedQuestion) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const undo = useUndo();
  const may = useMay();
  const phone = usePhone();
  const [shown, setShown] = useState(false);
  const query = useQuery({ queryKey: KEY, queryFn: savedQuestions.list });
  const refresh = () => client.invalidateQueries({ queryKey: KEY });
  const remove = async (one: SavedQuestion) => {
    try {
      await savedQuestions.remove(one.id);
      void refresh();
      undo(t('common.deleted', { name: one.name }), async () => {
        await savedQuestions.save({ name: one.name, question: one.question, days: one.days }).catch(say.failed);
        void refresh();
      });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <>
      <Button onClick={() => setShown(true)} data-testid="saved-questions">
        {t('insight.explore.saved', { n: query.data?.items.length ?? 0 })}
      </Button>
      <Drawer open={shown} onClose={() => setShown(false)} size={phone ? '100%' : 420} title={t('insight.explore.savedTitle')}>
        {query.isPending && <Loading />}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.data?.items.length === 0 && (
          <EmptyStart icon={<SaveOutlined />} title={t('insight.explore.noneSaved')} text={t('insight.explore.noneSavedText')} />
        )}
        {query.data?.items.map((one) => (
          <div key={one.id} className="row between" style={{ padding: '9px 0', borderBottom: '1px solid var(--line)' }}>
            <button
              type="button"
              className="linklike grow"
              style={{ textAlign: 'start' }}
              onClick={() => {
                setShown(false);
                onOpen(one);
              }}
            >
              <div style={{ fontWeight: 500 }}>{one.name}</div>
              <div className="soft small">
                {t(`insight.explore.kinds.${one.kind}`)} · {one.days ? t('common.lastDays', { n: one.days }) : t('common.custom')} ·{' '}
                {one.createdBy} · <Time value={one.updatedAt} />
              </div>
            </button>
            {one.mayChange && may('questions.write') && (
              <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('common.delete')} onClick={() => void remove(one)} />
            )}
          </div>
        ))}
      </Drawer>
    </>
  );
}
