import { Card, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../api/people.ts';
import { useMay } from '../../shell/session.tsx';
import { CopyButton, Time } from '../../ui/bits.tsx';
import { Define } from '../../ui/page.tsx';
import { HistoryLink } from './history.tsx';
import { MergeButton } from './merge.tsx';
import { SplitButton } from './split.tsx';

/** What a person is known by, and what can be decided about it. */
export function IdentitiesCard({ person }: { person: Person }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <Card
      size="small"
      data-testid="identities-card"
      title={<Define text={t('people.identitiesDefinition')}>{t('people.identities')}</Define>}
      extra={<HistoryLink personId={person.id} />}
    >
      {person.identities.map((identity) => (
        <div key={`${identity.type}:${identity.id}`} className="row between" style={{ padding: '4px 0' }}>
          <span style={{ minWidth: 0 }}>
            <span className="soft small">{identity.type}</span>
            <Tooltip title={identity.firstSeenAt ? <Time value={identity.firstSeenAt} full /> : undefined}>
              <div className="mono clip">{identity.id}</div>
            </Tooltip>
          </span>
          <span className="row" style={{ gap: 2 }}>
            <CopyButton text={identity.id} label="" />
          </span>
        </div>
      ))}
      {may('people.write') && (
        <span className="row" style={{ gap: 8, paddingTop: 8 }}>
          <SplitButton person={person} />
          <MergeButton personId={person.id} size="small" />
        </span>
      )}
    </Card>
  );
}
