import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useParams } from 'react-router';
import { type Journey, journeys } from '../api/journeys.ts';
import { type Sop, sop } from '../api/sop.ts';
import { JourneyActions } from '../journeys/journey-actions.tsx';
import { StateTag } from '../journeys/journey-bits.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { TableEditor } from './table-editor.tsx';

/** A person's days as a table; a journey that is more than that opens on the canvas. */
export default function TablePage() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const isNew = id === 'new';
  const table = useQuery({ queryKey: ['journeys', id, 'sop'], queryFn: () => sop.get(id), enabled: !isNew });
  const journey = useQuery({ queryKey: ['journeys', id], queryFn: () => journeys.get(id), enabled: !isNew });
  if (isNew)
    return (
      <Page title={t('sop.newPerson')} question={t('sop.tableHint')} testId="sop-table-page">
        <TableEditor saved={undefined} />
      </Page>
    );
  const failed = table.error ?? journey.error;
  if (failed || !table.data || !journey.data)
    return (
      <Page title={t('sop.title')} testId="sop-table-page">
        {failed ? <ProblemView error={failed} /> : <Loading />}
      </Page>
    );
  if (!table.data.sop) return <Navigate to={`/journeys/${id}`} replace />;
  return <Known key={`${journey.data.updatedAt}`} table={table.data.sop} journey={journey.data} />;
}

function Known({ table, journey }: { table: Sop; journey: Journey }) {
  const { t } = useTranslation();
  return (
    <Page
      testId="sop-table-page"
      tab={table.name}
      title={
        <span className="row wrap">
          {table.name} <StateTag state={table.state} />
          {table.version ? <span className="soft small">{t('journey.version', { n: table.version })}</span> : null}
        </span>
      }
      question={t('sop.tableHint')}
      extra={
        <>
          <Link to={`/journeys/${table.id}`}>
            <Button data-testid="sop-canvas">{t('sop.onCanvas')}</Button>
          </Link>
          <JourneyActions journey={journey} faults={table.problems.length} dirty={false} />
        </>
      }
    >
      <TableEditor saved={table} />
    </Page>
  );
}
