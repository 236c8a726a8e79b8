import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PosterNote } from '../../api/posters.ts';

/** What is amiss, in words, beside the layer that it is about. */
export function Notes({ notes, onChoose }: { notes: PosterNote[]; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  if (notes.length === 0) return <Alert type="success" showIcon title={t('poster.fine')} />;
  const sorted = [...notes].sort((a, b) => Number(b.grave) - Number(a.grave));
  return (
    <div className="stack tight" data-testid="poster-notes">
      {sorted.map((note) => {
        const said = t(`poster.note.${note.what}`, { detail: note.detail ?? '' });
        return (
          <Alert
            key={`${note.layer} ${note.what}`}
            type={note.grave ? 'error' : 'warning'}
            showIcon
            title={
              note.layer ? (
                <button type="button" className="linklike" style={{ textAlign: 'left' }} onClick={() => onChoose(note.layer!)}>
                  {said}
                </button>
              ) : (
                said
              )
            }
          />
        );
      })}
    </div>
  );
}
