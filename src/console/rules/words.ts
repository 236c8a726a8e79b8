import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabels } from '../ui/labels.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import type { Words } from './describe.ts';

export function useWords(): Words {
  const { t } = useTranslation();
  const { label } = useLabels();
  const { data } = useAudiences();
  return useMemo(() => ({ t, label, audience: (id: string) => data?.items.find((one) => one.id === id)?.name ?? id }), [t, label, data]);
}
