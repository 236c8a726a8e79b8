import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Note, stories } from '../../api/story.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { useDraft } from '../../ui/hooks.ts';
import { EmptyStart, Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay, useUndo } from '../../ui/undo.tsx';

/** What staff wrote down about a person. */
export function Notes({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const draft = useDraft(`note.${personId}`, '');
  const [busy, setBusy] = useState(false);
  const key = ['person', personId, 'notes'];
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => stories.notes(personId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await client.invalidateQueries({ queryKey: key });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const add = () =>
    act(async () => {
      await stories.addNote(personId, draft.value.trim());
      draft.clear('');
    });
  const drop = (note: Note) =>
    act(async () => {
      await stories.removeNote(personId, note.id);
      undo(t('people.story.noteGone'), () => act(() => stories.addNote(personId, note.text)));
    });
  const notes = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack" data-testid="notes">
      {may('notes.write') && (
        <div className="stack tight">
          <Input.TextArea
            value={draft.value}
            onChange={(event) => draft.change(event.target.value)}
            placeholder={t('people.story.notePlaceholder')}
            aria-label={t('people.story.notes')}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={4000}
            data-testid="note-text"
          />
          <span>
            <Button type="primary" size="small" disabled={!draft.value.trim()} loading={busy} onClick={add} data-testid="note-save">
              {t('people.story.noteSave')}
            </Button>
          </span>
        </div>
      )}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.isSuccess && !notes.length && <EmptyStart title={t('people.story.noNotes')} />}
      {notes.map((note) => (
        <div key={note.id} className="pcard stack tight">
          <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{note.text}</div>
          <div className="row between soft small">
            <span>
              {note.by.name} · <Time value={note.at} />
            </span>
            {may('notes.write') && (
              <Button type="text" size="small" onClick={() => drop(note)}>
                {t('common.delete')}
              </Button>
            )}
          </div>
        </div>
      ))}
      {query.hasNextPage && (
        <Button onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
