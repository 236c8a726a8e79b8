import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MomentView } from '../api/reach.ts';

const COLOURS: Record<MomentView['state'], string> = {
  calling: 'processing',
  making: 'processing',
  made: 'blue',
  failed: 'red',
  cancelled: 'default',
};

export function MomentState({ moment }: { moment: MomentView }) {
  const { t } = useTranslation();
  const all = moment.state === 'made' && moment.staff > 0 && moment.published === moment.staff;
  return (
    <Tag color={all ? 'green' : COLOURS[moment.state]}>{all ? t('reach.moment.published') : t(`reach.moment.states.${moment.state}`)}</Tag>
  );
}
