import { ImportOutlined, InboxOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Card, Progress, Table, Tag, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { type Import, type Inspection, imports } from '../api/events.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { ImportProgress, ImportState, isMoving } from './import-bits.tsx';
import { ImportConfirm } from './import-confirm.tsx';

function Drop({ onInspected }: { onInspected: (inspection: Inspection, file: string) => void }) {
  const { t } = useTranslation();
  const [part, setPart] = useState<number>();
  const [failed, setFailed] = useState<unknown>();
  const take = async (file: File) => {
    setFailed(undefined);
    setPart(0);
    try {
      onInspected(await imports.inspect(file, setPart), file.name);
    } catch (error) {
      setFailed(error);
    } finally {
      setPart(undefined);
    }
  };
  return (
    <div className="stack">
      <Upload.Dragger
        multiple={false}
        showUploadList={false}
        disabled={part !== undefined}
        accept=".xlsx,.csv,.tsv,.txt,.jsonl,.ndjson,.gz"
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
        data-testid="import-drop"
      >
        <p style={{ fontSize: 34, margin: '8px 0', color: 'var(--soft)' }}>
          <InboxOutlined />
        </p>
        <p style={{ fontSize: 15, margin: 0 }}>{part === undefined ? t('data.imports.drop') : t('data.imports.uploading')}</p>
        <p className="soft" style={{ margin: '4px 0 8px' }}>
          {t('data.imports.dropHint')}
        </p>
        {part !== undefined && <Progress percent={Math.round(part * 100)} style={{ maxWidth: 320, margin: '0 auto' }} />}
      </Upload.Dragger>
      {failed !== undefined && <ProblemView error={failed} />}
    </div>
  );
}

export default function ImportsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [found, setFound] = useState<{ inspection: Inspection; file: string }>();
  const query = useQuery({
    queryKey: ['imports'],
    queryFn: imports.list,
    refetchInterval: (q) => (q.state.data?.items.some(isMoving) ? 1000 : false),
  });
  const rows = query.data?.items ?? [];
  const numbers = (one: Import) => (
    <span className="num small">
      {t('data.imports.accepted')} {format.number(one.rows.accepted)} · {t('data.imports.duplicate')} {format.number(one.rows.duplicate)} ·{' '}
      <span className={one.rows.rejected ? 'bad' : ''}>
        {t('data.imports.rejected')} {format.number(one.rows.rejected)}
      </span>
    </span>
  );
  return (
    <Page title={t('data.imports.title')} question={t('data.imports.question')} testId="imports-page">
      <div className="stack loose">
        {may('imports.write') &&
          (found ? (
            <ImportConfirm
              inspection={found.inspection}
              file={found.file}
              onCancel={() => setFound(undefined)}
              onStarted={(id) => {
                void client.invalidateQueries({ queryKey: ['imports'] });
                navigate(`/imports/${id}`);
              }}
            />
          ) : (
            <Drop onInspected={(inspection, file) => setFound({ inspection, file })} />
          ))}
        <Card size="small" title={t('data.imports.history')}>
          {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
          {query.isPending && <Loading rows={4} />}
          {query.isSuccess && !rows.length && (
            <EmptyStart icon={<ImportOutlined />} title={t('data.imports.emptyTitle')} text={t('data.imports.emptyText')} />
          )}
          {rows.length > 0 &&
            (phone ? (
              rows.map((one) => (
                <Link key={one.id} to={`/imports/${one.id}`} className="pcard stack tight">
                  <div className="row between">
                    <b className="clip">
                      {one.file ?? one.id} {one.dryRun && <Tag>{t('data.imports.dryRun')}</Tag>}
                    </b>
                    <ImportState state={one.state} />
                  </div>
                  {numbers(one)}
                  <span className="soft small">
                    {t(`data.imports.kinds.${one.kind}`)} · <Time value={one.createdAt} />
                  </span>
                </Link>
              ))
            ) : (
              <Table<Import>
                rowKey="id"
                size="middle"
                dataSource={rows}
                pagination={rows.length > 20 ? { pageSize: 20 } : false}
                columns={[
                  {
                    title: t('data.imports.file'),
                    key: 'file',
                    render: (_, one) => (
                      <span>
                        <Link to={`/imports/${one.id}`}>{one.file ?? one.id}</Link> {one.dryRun && <Tag>{t('data.imports.dryRun')}</Tag>}
                      </span>
                    ),
                  },
                  { title: t('data.imports.kind'), key: 'kind', width: 110, render: (_, one) => t(`data.imports.kinds.${one.kind}`) },
                  {
                    title: t('data.imports.state'),
                    key: 'state',
                    width: 170,
                    render: (_, one) => (isMoving(one) ? <ImportProgress one={one} size="small" /> : <ImportState state={one.state} />),
                  },
                  { title: t('data.imports.rows'), key: 'rows', width: 300, render: (_, one) => numbers(one) },
                  { title: t('data.imports.when'), key: 'when', width: 120, render: (_, one) => <Time value={one.createdAt} /> },
                ]}
              />
            ))}
        </Card>
      </div>
    </Page>
  );
}
