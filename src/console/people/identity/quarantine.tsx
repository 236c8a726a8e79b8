import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { identity, type Quarantined } from '../../api/identity.ts';
import { useMay } from '../../shell/session.tsx';
import { PersonLink, Time } from '../../ui/bits.tsx';
import { CursorTable } from '../../ui/cursor-table.tsx';
import { EmptyStart } from '../../ui/page.tsx';
import { useSay } from '../../ui/undo.tsx';
import { IdentityText } from './bits.tsx';

/** Identities that met too many people, and whom each had glued. */
export function Quarantine() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [released, setReleased] = useState(false);
  const policy = useQuery({ queryKey: ['identity', 'policy'], queryFn: identity.policy, enabled: may('settings.read') });
  const limits = policy.data?.quarantine ?? { people: 10, days: 30 };
  const release = (id: number) =>
    identity.release(id).then(
      () => client.invalidateQueries({ queryKey: ['identity', 'quarantine'] }),
      (error) => say.failed(error),
    );
  const glued = (row: Quarantined) => (
    <div className="row wrap" style={{ gap: 12 }}>
      {row.glued.map((person) => (
        <PersonLink key={person.id} person={person} sub={<Time value={person.since} />} />
      ))}
    </div>
  );
  const act = (row: Quarantined) =>
    row.released ? (
      <Time value={row.released.at} />
    ) : (
      may('people.write') && (
        <Button size="small" onClick={() => release(row.id)} data-testid="release">
          {t('identity.release')}
        </Button>
      )
    );
  return (
    <div className="stack">
      <span className="row" style={{ gap: 8 }}>
        <Switch size="small" checked={released} onChange={setReleased} aria-label={t('identity.showReleased')} />
        {t('identity.showReleased')}
      </span>
      <CursorTable<Quarantined>
        testId="quarantine-table"
        queryKey={['identity', 'quarantine', released]}
        fetch={(cursor) => identity.quarantine({ limit: 50, released, ...(cursor ? { cursor } : {}) })}
        rowKey={(row) => String(row.id)}
        width={900}
        empty={<EmptyStart title={t('identity.quarantineEmpty')} text={t('identity.quarantineEmptyText', limits)} />}
        expandable={{ expandedRowRender: glued, defaultExpandAllRows: true }}
        columns={[
          { title: t('identity.identity'), width: 260, render: (_, row) => <IdentityText identity={row.identity} /> },
          { title: t('identity.why'), width: 200, render: (_, row) => t(`identity.reason_${row.reason}`) },
          { title: t('identity.met'), width: 90, align: 'right', dataIndex: 'people' },
          { title: t('identity.since'), width: 130, render: (_, row) => <Time value={row.at} /> },
          {
            title: t('identity.own'),
            width: 150,
            render: (_, row) => row.own && <Link to={`/people/${row.own}`}>{row.own}</Link>,
          },
          { title: '', width: 120, render: (_, row) => act(row) },
        ]}
        card={(row) => (
          <div className="stack tight">
            <IdentityText identity={row.identity} />
            <span className="soft small">
              {t(`identity.reason_${row.reason}`)} · {row.people} {t('identity.people')} · <Time value={row.at} />
            </span>
            {glued(row)}
            {act(row)}
          </div>
        )}
      />
    </div>
  );
}
