import { useQueryClient } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../api/people.ts';
import { useMay } from '../../shell/session.tsx';
import { Consents } from './consents.tsx';
import { EraseButton } from './erase.tsx';
import { ExportButton } from './export.tsx';
import { RevealDialog } from './reveal.tsx';

/** What may be done with the personal data of one person: see it, hand it out, take it away. */
export function PersonalData({ person }: { person: Person }) {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const [revealing, setRevealing] = useState(false);
  return (
    <Card size="small" title={t('privacy.card')} data-testid="personal-data">
      <div className="stack">
        <span className="soft small">{t('privacy.masked')}</span>
        <div className="row wrap" style={{ gap: 8 }}>
          {may('people.reveal') && (
            <Button size="small" onClick={() => setRevealing(true)} data-testid="reveal-personal">
              {t('privacy.reveal')}
            </Button>
          )}
          {may('people.export') && <ExportButton personId={person.id} />}
          {may('people.erase') && (
            <EraseButton person={person} onDone={() => void client.invalidateQueries({ queryKey: ['person', person.id] })} />
          )}
        </div>
        <Consents personId={person.id} />
      </div>
      <RevealDialog personId={person.id} open={revealing} onClose={() => setRevealing(false)} />
    </Card>
  );
}
