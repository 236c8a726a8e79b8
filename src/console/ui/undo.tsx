import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { problemLine } from './problem.tsx';

/** Do it at once, and offer the way back, instead of asking first. */
export function useUndo() {
  const { notification } = App.useApp();
  const { t } = useTranslation();
  return (text: string, undo: () => unknown) => {
    const key = `undo-${text}`;
    notification.success({
      key,
      title: text,
      duration: 8,
      actions: (
        <Button
          size="small"
          data-testid="undo"
          onClick={() => {
            notification.destroy(key);
            void undo();
          }}
        >
          {t('common.undo')}
        </Button>
      ),
    });
  };
}

/** Toasts for what was saved and what failed. */
export function useSay() {
  const { message } = App.useApp();
  const { t } = useTranslation();
  return {
    saved: () => message.success(t('common.saved')),
    done: (text: string) => message.success(text),
    failed: (error: unknown) => message.error(problemLine(error, t('common.networkTitle')), 6),
  };
}
