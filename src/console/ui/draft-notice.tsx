import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Draft } from './hooks.ts';

/** Says that unsaved work was found again, and lets it go. */
export function DraftNotice<T>({ draft, saved, onDiscard }: { draft: Draft<T>; saved: T; onDiscard?: (() => void) | undefined }) {
  const { t } = useTranslation();
  if (!draft.restored) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={t('common.draftRestored')}
      action={
        <Button
          size="small"
          onClick={() => {
            draft.clear(saved);
            onDiscard?.();
          }}
        >
          {t('common.discardDraft')}
        </Button>
      }
    />
  );
}
