import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Conflict, identity } from '../../api/identity.ts';
import { useMay } from '../../shell/session.tsx';
import { PersonLink, Time } from '../../ui/bits.tsx';
import { CursorTable } from '../../ui/cursor-table.tsx';
import { EmptyStart } from '../../ui/page.tsx';
import { useSay } from '../../ui/undo.tsx';
import { IdentityText } from './bits.tsx';
import { MergeButton } from './merge.tsx';

/** What was set aside, with the two people it stands between: merge them, or say that it is as it should be. */
export function Conflicts() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const key = ['identity', 'conflicts'];
  const dismiss = (id: number) =>
    identity.dismiss(id).then(
      () => client.invalidateQueries({ queryKey: key }),
      (error) => say.failed(error),
    );
  const acts = (row: Conflict) =>
    may('people.write') && (
      <span className="row" style={{ gap: 6 }}>
        {row.heldBy && <MergeButton personId={row.heldBy.id} other={row.person.id} size="small" />}
        <Button size="small" onClick={() => dismiss(row.id)} data-testid="dismiss-conflict">
          {t('identity.dismiss')}
        </Button>
      </span>
    );
  return (
    <CursorTable<Conflict>
      testId="conflicts-table"
      queryKey={key}
      fetch={(cursor) => identity.conflicts({ limit: 50, ...(cursor ? { cursor } : {}) })}
      rowKey={(row) => String(row.id)}
      width={1080}
      empty={<EmptyStart title={t('identity.conflictsEmpty')} text={t('identity.conflictsEmptyText')} />}
      columns={[
        { title: t('identity.identity'), width: 220, render: (_, row) => <IdentityText identity={row.identity} /> },
        {
          title: t('identity.heldBy'),
          width: 190,
          render: (_, row) => (row.heldBy ? <PersonLink person={row.heldBy} /> : <span className="soft">{t('identity.nobody')}</span>),
        },
        { title: t('identity.broughtBy'), width: 190, render: (_, row) => <PersonLink person={row.person} /> },
        { title: t('identity.why'), width: 190, render: (_, row) => t(`identity.reason_${row.reason}`) },
        { title: t('identity.times'), width: 70, align: 'right', dataIndex: 'times' },
        { title: t('identity.last'), width: 120, render: (_, row) => <Time value={row.lastAt} /> },
        { title: '', width: 170, render: (_, row) => acts(row) },
      ]}
      card={(row) => (
        <div className="stack tight">
          <IdentityText identity={row.identity} />
          <span className="soft small">
            {t(`identity.reason_${row.reason}`)} · {row.times} · <Time value={row.lastAt} />
          </span>
          {row.heldBy && <PersonLink person={row.heldBy} sub={t('identity.heldBy')} />}
          <PersonLink person={row.person} sub={t('identity.broughtBy')} />
          {acts(row)}
        </div>
      )}
    />
  );
}
