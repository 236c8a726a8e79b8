import { Progress, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Import } from '../api/events.ts';

const COLOURS = { queued: 'default', running: 'processing', done: 'success', failed: 'error' } as const;

export function ImportState({ state }: { state: Import['state'] }) {
  const { t } = useTranslation();
  return (
    <Tag color={COLOURS[state]} style={{ marginInlineEnd: 0 }} data-testid="import-state">
      {t(`data.imports.states.${state}`)}
    </Tag>
  );
}

export const isMoving = (one: Import): boolean => one.state === 'queued' || one.state === 'running';

export function ImportProgress({ one, size }: { one: Import; size?: 'small' }) {
  const { done = 0, total } = one.progress ?? {};
  const percent = one.state === 'done' ? 100 : total ? Math.min(99, Math.floor((100 * done) / total)) : 0;
  return (
    <Progress percent={percent} size={size} status={one.state === 'failed' ? 'exception' : one.state === 'done' ? 'success' : 'active'} />
  );
}
