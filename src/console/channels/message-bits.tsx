import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';

const COLOURS: Record<string, string> = {
  queued: 'default',
  submitting: 'processing',
  submitted: 'processing',
  sent: 'blue',
  delivered: 'cyan',
  opened: 'geekblue',
  clicked: 'green',
  skipped: 'orange',
  failed: 'red',
};

export function MessageState({ state }: { state: string }) {
  const { t } = useTranslation();
  return (
    <Tag color={COLOURS[state]} style={{ marginInlineEnd: 0 }}>
      {t(`message.state.${state}`, state)}
    </Tag>
  );
}

export function useReason(): (reason: string | null | undefined) => string {
  const { t } = useTranslation();
  return (reason) => (reason ? t(`message.reason.${reason}`, reason) : '');
}

export function SkipReason({ reason }: { reason?: string | null }) {
  const say = useReason();
  return reason ? <span className="warn small">{say(reason)}</span> : null;
}
