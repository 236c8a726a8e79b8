import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { NextForPerson } from './next-for-person.tsx';

/** What is next for a person, on the page of that person. */
export function NextCard({ personId }: { personId: string }) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t('matching.nextCard')} data-testid="next-card">
      <NextForPerson personId={personId} />
    </Card>
  );
}
