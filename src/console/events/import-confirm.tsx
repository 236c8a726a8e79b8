import { Alert, Button, Card, Collapse, Form, Input, Segmented, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IMPORT_KINDS, type ImportKind, type ImportOptions, type Inspection, imports, type Mapping } from '../api/events.ts';
import { useSession } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { ProblemView } from '../ui/problem.tsx';
import { assign, fitMapping, freePrefix, IDENTITIES, missingTargets, saysWho, targetOfColumn, targetsOf } from './mapping.ts';

interface ConfirmProps {
  inspection: Inspection;
  file: string;
  onStarted: (id: string) => void;
  onCancel: () => void;
}

function useTargetOptions(inspection: Inspection, kind: ImportKind) {
  const { t } = useTranslation();
  const label = (name: string, required: boolean) => `${t(`data.targets.${name}`, name)}${required ? ' *' : ''}`;
  const all = targetsOf(inspection, kind).map((target) => ({ value: target.name, label: label(target.name, target.required) }));
  const prefix = freePrefix(kind);
  return (column: string, now: string | undefined) => {
    const own = now?.startsWith(prefix ?? '\n') ? now : prefix && `${prefix}${column.trim().replace(/\s+/g, '_')}`;
    return [
      { label: t('data.imports.fieldOf'), options: all.filter((one) => !IDENTITIES.includes(one.value)) },
      { label: t('data.imports.identityOf'), options: all.filter((one) => IDENTITIES.includes(one.value)) },
      ...(own
        ? [{ label: t(prefix === 'traits.' ? 'data.imports.asTrait' : 'data.imports.asProperty'), options: [{ value: own, label: own }] }]
        : []),
    ].filter((group) => group.options.length);
  };
}

/** What the file was taken for, to be confirmed column by column with real values in sight. */
export function ImportConfirm({ inspection, file, onStarted, onCancel }: ConfirmProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { workspace } = useSession();
  const [kind, setKind] = useState<ImportKind>(inspection.kind);
  const [mapping, setMapping] = useState<Mapping>(inspection.mapping);
  const [options, setOptions] = useState<ImportOptions>({});
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const optionsFor = useTargetOptions(inspection, kind);
  const missing = missingTargets(mapping, inspection, kind);

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
          <Segmented
            value={kind}
            onChange={(next) => {
              setKind(next as ImportKind);
              setMapping((now) => fitMapping(now, inspection, next as ImportKind));
            }}
            options={IMPORT_KINDS.map((one) => ({
              value: one,
              label: <span data-testid={`import-kind-${one}`}>{t(`data.imports.kinds.${one}`)}</span>,
            }))}
          />
          {kind === inspection.kind && <span className="soft small">{t('data.imports.guessed')}</span>}
        </div>
        <Table
          size="small"
          rowKey="name"
          pagination={false}
          dataSource={inspection.columns}
          scroll={{ x: 560 }}
          columns={[
            {
              title: t('data.imports.column'),
              dataIndex: 'name',
              width: 160,
              render: (name: string) => <b style={{ fontWeight: 500 }}>{name}</b>,
            },
            {
              title: t('data.imports.examples'),
              key: 'examples',
              render: (_, column) => (
                <span className="soft clip" style={{ display: 'block', maxWidth: 320 }}>
                  {column.examples.slice(0, 3).map(String).join(' · ')}
                </span>
              ),
            },
            {
              title: t('data.imports.target'),
              key: 'target',
              width: 220,
              render: (_, column) => {
                const now = targetOfColumn(mapping, column.name);
                return (
                  <Select
                    allowClear
                    value={now}
                    placeholder={t('data.imports.skip')}
                    style={{ width: '100%' }}
                    showSearch={{ optionFilterProp: 'label' }}
                    options={optionsFor(column.name, now)}
                    onChange={(target?: string) => setMapping(assign(mapping, column.name, target))}
                    data-testid={`map-${column.name}`}
                  />
                );
              },
            },
          ]}
        />
        {missing.length > 0 && (
          <Alert
            type="error"
            showIcon
            title={t('data.imports.missing', { x: missing.map((name) => t(`data.targets.${name}`, name)).join('、') })}
          />
        )}
        {!missing.length && kind !== 'products' && !saysWho(mapping) && <Alert type="warning" showIcon title={t('data.imports.noWho')} />}
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
                      onChange={(dateOrder) => setOptions({ ...options, dateOrder })}
                      options={(['dmy', 'mdy'] as const).map((one) => ({ value: one, label: t(`data.imports.${one}`) }))}
                    />
                  </Form.Item>
                  <Form.Item label={t('data.imports.timezone')}>
                    <Select
                      allowClear
                      showSearch
                      placeholder={workspace.timezone}
                      value={options.timezone}
                      onChange={(timezone) => setOptions({ ...options, timezone })}
                      options={Intl.supportedValuesOf('timeZone')
                        .concat('UTC')
                        .map((one) => ({ value: one, label: one }))}
                    />
                  </Form.Item>
                  {kind === 'orders' && (
                    <Form.Item label={t('data.imports.withoutCustomer')}>
                      <Select
                        value={options.withoutCustomer ?? 'reject'}
                        onChange={(withoutCustomer) => setOptions({ ...options, withoutCustomer })}
                        options={(['reject', 'anonymous'] as const).map((one) => ({ value: one, label: t(`data.imports.${one}`) }))}
                      />
                    </Form.Item>
                  )}
                  <Form.Item label={t('data.imports.origin')} tooltip={t('data.imports.originHint')}>
                    <Input
                      maxLength={100}
                      value={options.origin}
                      onChange={(event) => setOptions({ ...options, origin: event.target.value || undefined })}
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
        {failed !== undefined && <ProblemView error={failed} />}
        <div className="row wrap">
          <Button type="primary" loading={busy} disabled={missing.length > 0} onClick={start} data-testid="start-import">
            {t('data.imports.start')}
          </Button>
          <Button onClick={onCancel}>{t('data.imports.another')}</Button>
        </div>
      </div>
    </Card>
  );
}
