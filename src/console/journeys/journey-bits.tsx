import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { JourneyState } from '../api/journeys.ts';

const COLOURS: Record<JourneyState, string> = { draft: 'default', running: 'success', paused: 'warning', archived: 'default' };

export function StateTag({ state }: { state: JourneyState }) {
  const { t } = useTranslation();
  return (
    <Tag color={COLOURS[state]} style={{ marginInlineEnd: 0 }} data-testid="journey-state">
      {t(`journey.state.${state}`)}
    </Tag>
  );
}
