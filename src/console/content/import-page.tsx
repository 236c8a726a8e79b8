import { DownloadOutlined, FileExcelOutlined, FileZipOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Progress, Table, Upload } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { content, type ImportReport } from '../api/content.ts';
import { Metric } from '../ui/metric.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

const EXAMPLE = `编号,名称,形式,正文,链接,目的,场景,话题,回答,作者,作者类型,授权到期,图片
c-001,换季护肤三步,图片,换季皮肤起皮？三步稳住,https://example.com/care,转化,上新;种草,护肤,为什么需要,林小鱼,KOC,2027-12-31,care.jpg
c-002,会员专享券,文字,"{{ person.name | default: ""朋友"" }}，你的专享券到了：{{ link }}",https://example.com/coupon,福利,二单,优惠,得到什么,运营组,员工,,
`;

/** A table of items and an archive of pictures: looked through first, then taken in. */
export default function ImportPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [table, setTable] = useState<File>();
  const [pictures, setPictures] = useState<File>();
  const [report, setReport] = useState<ImportReport>();
  const [failed, setFailed] = useState<unknown>();
  const [part, setPart] = useState<number>();
  const run = async (dryRun: boolean) => {
    setFailed(undefined);
    setPart(0);
    try {
      setReport(await content.importFiles({ ...(table ? { file: table } : {}), ...(pictures ? { pictures } : {}) }, dryRun, setPart));
      if (!dryRun) await client.invalidateQueries({ queryKey: ['content'] });
    } catch (error) {
      setFailed(error);
      setReport(undefined);
    } finally {
      setPart(undefined);
    }
  };
  const choose = (
    icon: ReactNode,
    label: string,
    hint: string,
    accept: string,
    file: File | undefined,
    set: (file: File) => void,
    testId: string,
  ) => (
    <Upload.Dragger
      accept={accept}
      showUploadList={false}
      beforeUpload={(one) => {
        set(one);
        setReport(undefined);
        return false;
      }}
      data-testid={testId}
    >
      <div style={{ fontSize: 26, color: 'var(--soft)' }}>{icon}</div>
      <div style={{ fontWeight: 600 }}>{file?.name ?? label}</div>
      <div className="soft small">{hint}</div>
    </Upload.Dragger>
  );
  const example = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['\uFEFF', EXAMPLE], { type: 'text/csv' }));
    link.download = 'content.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Page
      title={t('content.import')}
      question={t('content.importQuestion')}
      testId="content-import-page"
      extra={
        <Button icon={<DownloadOutlined />} onClick={example}>
          {t('content.example')}
        </Button>
      }
    >
      <div className="stack">
        <div style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 260px), 1fr))' }}>
          {choose(
            <FileExcelOutlined />,
            t('content.importTable'),
            t('content.importTableHint'),
            '.csv,.xlsx,.txt',
            table,
            setTable,
            'import-table',
          )}
          {choose(<FileZipOutlined />, t('content.importZip'), t('content.importZipHint'), '.zip', pictures, setPictures, 'import-zip')}
        </div>
        <div className="row wrap">
          <Button onClick={() => run(true)} disabled={!table && !pictures} loading={part !== undefined} data-testid="import-try">
            {t('content.importTry')}
          </Button>
          <Button
            type="primary"
            onClick={() => run(false)}
            disabled={!report?.dryRun || report.created + report.changed === 0}
            data-testid="import-go"
          >
            {t('content.importGo')}
          </Button>
          {part !== undefined && part < 1 && <Progress percent={Math.round(part * 100)} size="small" style={{ width: 160 }} />}
        </div>
        {failed !== undefined && <ProblemView error={failed} />}
        {report && (
          <Card size="small" data-testid="import-report">
            <div className="stack">
              {!report.dryRun && (
                <Alert type="success" showIcon title={t('content.imported')} action={<Link to="/content">{t('content.title')}</Link>} />
              )}
              <div style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(100px, 1fr))' }}>
                <Metric label={t('content.importRows')} value={report.rows} />
                <Metric label={t(report.dryRun ? 'content.importWould' : 'content.importCreated')} value={report.created} />
                <Metric label={t('content.importChanged')} value={report.changed} />
                {!report.dryRun && <Metric label={t('content.importSame')} value={report.same} />}
                <Metric label={t('content.importRejected')} value={report.rejected.length} />
              </div>
              {report.rejected.length > 0 && (
                <Table
                  size="small"
                  rowKey="row"
                  dataSource={report.rejected}
                  pagination={{ pageSize: 20, hideOnSinglePage: true }}
                  scroll={{ x: 520 }}
                  columns={[
                    { title: t('content.importRow'), dataIndex: 'row', width: 80 },
                    { title: t('content.name'), dataIndex: 'name', width: 200 },
                    {
                      title: t('content.importWhy'),
                      render: (_, one) => one.errors.map((error) => `${error.field} ${error.reason}`).join('; '),
                    },
                  ]}
                />
              )}
            </div>
          </Card>
        )}
      </div>
    </Page>
  );
}
