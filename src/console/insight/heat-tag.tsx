import { useTranslation } from 'react-i18next';
import { Dot } from '../ui/bits.tsx';

const colours = { hot: '#D55E00', warm: '#E69F00', cool: '#56B4E9' };

export function HeatTag({ band }: { band: keyof typeof colours }) {
  const { t } = useTranslation();
  return <Dot colour={colours[band]}>{t(`heat.${band}`)}</Dot>;
}
