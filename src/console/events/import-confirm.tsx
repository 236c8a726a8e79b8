import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Collapse, Form, Input, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ImportKind, type ImportOptions, type Inspection, imports, type Mapping } from '../api/events.ts';
import { useSession } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { ProblemView } from '../ui/problem.tsx';
import { DryRunResult } from './dry-run.tsx';
import { ImportProgress, isMoving } from './import-bits.tsx';
import { fitMapping, missingTargets } from './mapping.ts';
import { KindChoice, MappingTable, useTargets } from './mapping-table.tsx';
import { Rejected } from './rejected.tsx';

interface ConfirmProps {
  inspection: Inspection;
  file: string;
  onStarted: (id: string) => void;
  onCancel: () => void;
}

/** What the file was taken for, to be confirmed column by column with real values in sight. */
export function ImportConfirm({ inspection: first, file, onStarted, onCancel }: ConfirmProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { workspace } = useSession();
  const [inspection, setInspection] = useState(first);
  const [kind, setKind] = useState<ImportKind>(inspection.kind);
  const [mapping, setMapping] = useState<Mapping>(inspection.mapping);
  const [options, setOptions] = useState<ImportOptions>({});
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [dryRunId, setDryRunId] = useState<string>();
  const targets = useTargets();
  const missing = missingTargets(mapping, targets(kind));
  const dryRun = useQuery({
    queryKey: ['imports', dryRunId],
    queryFn: () => imports.get(dryRunId ?? ''),
    enabled: dryRunId !== undefined,
    refetchInterval: (q) => (q.state.data && !isMoving(q.state.data) ? false : 500),
  });
  const looking = dryRunId !== undefined && (!dryRun.data || isMoving(dryRun.data));
  // What was found holds for what was asked.
  const change = (next: { kind?: ImportKind; mapping?: Mapping; options?: ImportOptions }) => {
    if (next.kind) setKind(next.kind);
    if (next.mapping) setMapping(next.mapping);
    if (next.options) setOptions(next.options);
    setDryRunId(undefined);
  };
  const chooseSheet = async (sheet: string) => {
    setFailed(undefined);
    try {
      const seen = await imports.sheet(inspection.uploadId, sheet);
      setInspection(seen);
      change({ kind: seen.kind, mapping: seen.mapping });
    } catch (error) {
      setFailed(error);
    }
  };
  const tryOut = async () => {
    setFailed(undefined);
    try {
      setDryRunId((await imports.start(inspection.uploadId, kind, mapping, options, true)).id);
    } catch (error) {
      setFailed(error);
    }
  };

  const start = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      onStarted((await imports.start(inspection.uploadId, kind, mapping, options)).id);
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  };

  return (
    <Card
      size="small"
      title={<span className="clip">{file}</span>}
      extra={
        <span className="soft small num">
          {t('data.imports.about', {
            n: format.number(inspection.rows),
            format: [inspection.format, inspection.encoding].filter(Boolean).join(' · '),
          })}
        </span>
      }
      data-testid="import-confirm"
    >
      <div className="stack loose">
        <div className="row wrap">
          <span>{t('data.imports.kind')}</span>
          <KindChoice
            kind={kind}
            onChange={(next) =>
              change({ kind: next, mapping: next === inspection.kind ? inspection.mapping : fitMapping(mapping, targets(next)) })
            }
          />
          {kind === inspection.kind && <span className="soft small">{t('data.imports.guessed')}</span>}
        </div>
        {(inspection.sheets?.length ?? 0) > 1 && (
          <div className="row wrap">
            <span>{t('data.imports.sheet')}</span>
            <Select
              style={{ minWidth: 180 }}
              value={inspection.sheet ?? undefined}
              options={inspection.sheets?.map((one) => ({ value: one, label: one }))}
              onChange={chooseSheet}
              data-testid="import-sheet"
            />
          </div>
        )}
        <MappingTable columns={inspection.columns} kind={kind} mapping={mapping} onChange={(next) => change({ mapping: next })} />
        <Collapse
          size="small"
          ghost
          items={[
            {
              key: 'options',
              label: t('data.imports.options'),
              children: (
                <Form
                  layout="vertical"
                  component="div"
                  style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))', gap: '0 16px' }}
                >
                  <Form.Item label={t('data.imports.dateOrder')}>
                    <Select
                      allowClear
                      placeholder={t('data.imports.dateAuto')}
                      value={options.dateOrder}
                      onChange={(dateOrder) => change({ options: { ...options, dateOrder } })}
                      options={(['dmy', 'mdy'] as const).map((one) => ({ value: one, label: t(`data.imports.${one}`) }))}
                    />
                  </Form.Item>
                  <Form.Item label={t('data.imports.timezone')}>
                    <Select
                      allowClear
                      showSearch
                      placeholder={workspace.timezone}
                      value={options.timezone}
                      onChange={(timezone) => change({ options: { ...options, timezone } })}
                      options={Intl.supportedValuesOf('timeZone')
                        .concat('UTC')
                        .map((one) => ({ value: one, label: one }))}
                    />
                  </Form.Item>
                  {kind === 'orders' && (
                    <Form.Item label={t('data.imports.withoutCustomer')}>
                      <Select
                        value={options.withoutCustomer ?? 'reject'}
                        onChange={(withoutCustomer) => change({ options: { ...options, withoutCustomer } })}
                        options={(['reject', 'anonymous'] as const).map((one) => ({ value: one, label: t(`data.imports.${one}`) }))}
                      />
                    </Form.Item>
                  )}
                  <Form.Item label={t('data.imports.origin')} tooltip={t('data.imports.originHint')}>
                    <Input
                      maxLength={100}
                      value={options.origin}
                      onChange={(event) => change({ options: { ...options, origin: event.target.value || undefined } })}
                    />
                  </Form.Item>
                </Form>
              ),
            },
            {
              key: 'sample',
              label: t('data.imports.sample'),
              children: (
                <Table
                  size="small"
                  pagination={false}
                  scroll={{ x: 'max-content' }}
                  rowKey={(row) => JSON.stringify(row)}
                  dataSource={inspection.sample.slice(0, 8)}
                  columns={inspection.columns.map((column) => ({
                    title: column.name,
                    key: column.name,
                    render: (_, row) => String(row[column.name] ?? ''),
                  }))}
                />
              ),
            },
          ]}
        />
        {dryRun.data && dryRunId !== undefined && (
          <div className="stack" data-testid="dry-run">
            {looking ? <ImportProgress one={dryRun.data} /> : <DryRunResult one={dryRun.data} />}
            {dryRun.data.error && <Alert type="error" showIcon title={dryRun.data.error} />}
            {!looking && <Rejected one={dryRun.data} />}
          </div>
        )}
        {failed !== undefined && <ProblemView error={failed} />}
        <div className="row wrap">
          <Button type="primary" loading={busy} disabled={missing.length > 0} onClick={start} data-testid="start-import">
            {t('data.imports.start')}
          </Button>
          <Button loading={looking} disabled={missing.length > 0} onClick={tryOut} data-testid="dry-run-import">
            {t('data.imports.tryOut')}
          </Button>
          <Button onClick={onCancel}>{t('data.imports.another')}</Button>
        </div>
      </div>
    </Card>
  );
}
