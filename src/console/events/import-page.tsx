import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { imports } from '../api/events.ts';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { DryRunResult } from './dry-run.tsx';
import { ImportProgress, ImportState, isMoving } from './import-bits.tsx';
import { Rejected } from './rejected.tsx';

const COUNTS = ['read', 'accepted', 'duplicate', 'rejected'] as const;

export default function ImportPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['imports', id],
    queryFn: () => imports.get(id),
    refetchInterval: (q) => (q.state.data && !isMoving(q.state.data) ? false : 700),
  });
  const one = query.data;
  const left = one?.progress?.total ? one.progress.total - one.progress.done : undefined;
  return (
    <Page
      testId="import-page"
      tab={one?.file ?? t('data.imports.title')}
      title={
        <span className="row wrap">
          {one?.file ?? t('data.imports.title')} {one && <ImportState state={one.state} />}{' '}
          {one?.dryRun && <Tag>{t('data.imports.dryRun')}</Tag>}
        </span>
      }
      question={one ? `${t(`data.imports.kinds.${one.kind}`)} · ${format.time(one.createdAt)}` : undefined}
      extra={
        <>
          <Link to="/people">
            <Button>{t('data.imports.seePeople')}</Button>
          </Link>
          <Link to="/catalogue">
            <Button>{t('data.imports.seeCatalogue')}</Button>
          </Link>
        </>
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {one && (
        <div className="stack loose">
          <Card size="small" title={t('data.imports.progress')}>
            <ImportProgress one={one} />
            <div className="soft small num">
              {isMoving(one) && left !== undefined && left > 0 && t('data.imports.remaining', { n: format.number(left) })}
              {one.finishedAt && <Time value={one.finishedAt} />}
            </div>
            <div className="grid metrics" style={{ marginTop: 12 }}>
              {COUNTS.map((key) => (
                <Metric
                  key={key}
                  label={t(`data.imports.${key}`)}
                  definition={t(`data.imports.${key}Definition`)}
                  value={<span data-testid={`rows-${key}`}>{format.number(one.rows[key])}</span>}
                  unit={t('data.imports.rows')}
                />
              ))}
            </div>
          </Card>
          {one.result && (
            <Card size="small" title={t('data.imports.dryRun')}>
              <DryRunResult one={one} />
            </Card>
          )}
          {one.error && <Alert type="error" showIcon title={t('data.imports.states.failed')} description={one.error} />}
          {Object.keys(one.totals ?? {}).length > 0 && (
            <Card size="small" title={t('data.imports.result')} data-testid="import-totals">
              <div className="grid metrics">
                {Object.entries(one.totals ?? {}).map(([key, value]) => (
                  <Metric
                    key={key}
                    label={t(`data.imports.totals.${key}`, key)}
                    value={/Fen$/.test(key) ? format.fen(value) : format.number(value)}
                  />
                ))}
              </div>
            </Card>
          )}
          <Rejected one={one} />
        </div>
      )}
    </Page>
  );
}
