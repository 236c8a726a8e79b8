import { EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { position } from '../api/position.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { PositionEdit } from './position-edit.tsx';
import { PositionGuards } from './position-guards.tsx';
import { PositionPurposes } from './position-purposes.tsx';
import { PositionTargets } from './position-targets.tsx';
import { PositionValue } from './position-value.tsx';

export default function PositionPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const stated = useQuery({ queryKey: ['position'], queryFn: position.get });
  const progress = useQuery({
    queryKey: ['position', 'progress'],
    queryFn: position.progress,
    staleTime: 120_000,
  });
  const mayEdit = may('definitions.write');
  const { data } = stated;
  return (
    <Page
      title={data?.statement.name || t('position.title')}
      question={t('position.question')}
      testId="position-page"
      extra={
        mayEdit && (
          <Button type="primary" icon={<EditOutlined />} onClick={() => setEditing(true)} disabled={!data} data-testid="edit-position">
            {t('position.edit')}
          </Button>
        )
      }
    >
      {stated.isError && <ProblemView error={stated.error} retry={() => stated.refetch()} />}
      {stated.isPending && <Loading rows={10} />}
      {data && (
        <div className="stack loose">
          <Card size="small">
            <div className="soft small">{t('position.need')}</div>
            {data.statement.need ? (
              <div style={{ fontSize: 18, fontWeight: 600, lineHeight: 1.5 }} data-testid="pool-need">
                {data.statement.need}
              </div>
            ) : (
              <div className="soft">{t('position.needNone')}</div>
            )}
            {data.version > 0 && (
              <div className="soft small" style={{ marginTop: 4 }}>
                {t('position.versions', { n: data.version, by: data.updatedBy ?? '', time: format.relative(data.updatedAt) })}
              </div>
            )}
          </Card>
          {progress.isError && <ProblemView error={progress.error} retry={() => progress.refetch()} />}
          {progress.isPending && (
            <Card size="small">
              <Loading rows={6} />
            </Card>
          )}
          {progress.data && (
            <>
              <PositionTargets progress={progress.data} onEdit={mayEdit ? () => setEditing(true) : undefined} />
              <PositionGuards progress={progress.data} />
            </>
          )}
          <PositionValue />
          <PositionPurposes statement={data.statement} mayEdit={mayEdit} />
        </div>
      )}
      {data && editing && <PositionEdit stated={data} onClose={() => setEditing(false)} />}
    </Page>
  );
}
