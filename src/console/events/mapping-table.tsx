import { useQuery } from '@tanstack/react-query';
import { Alert, Segmented, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { IMPORT_KINDS, type ImportKind, imports, type KindTargets, type Mapping } from '../api/events.ts';
import { usePhone } from '../ui/hooks.ts';
import { assign, missingTargets, saysWho, targetOfColumn } from './mapping.ts';

/** The fields that rows of each kind can fill; the server knows them. */
export function useTargets(): (kind: ImportKind) => KindTargets {
  const { data } = useQuery({ queryKey: ['imports', 'targets'], queryFn: imports.targets, staleTime: Number.POSITIVE_INFINITY });
  return (kind) => data?.items.find((one) => one.kind === kind) ?? { kind, freePrefix: null, needsIdentity: false, targets: [] };
}

export function KindChoice({ kind, onChange }: { kind: ImportKind; onChange: (kind: ImportKind) => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const options = IMPORT_KINDS.map((one) => ({
    value: one,
    label: <span data-testid={`import-kind-${one}`}>{t(`data.imports.kinds.${one}`)}</span>,
  }));
  if (phone) return <Select style={{ width: 160 }} value={kind} options={options} onChange={onChange} data-testid="import-kind" />;
  return <Segmented value={kind} onChange={(next) => onChange(next as ImportKind)} options={options} />;
}

export interface MappedColumn {
  name: string;
  examples: readonly unknown[];
}

/** Column by column where it goes, with real values in sight. */
export function MappingTable(props: {
  columns: readonly MappedColumn[];
  kind: ImportKind;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}) {
  const { columns, mapping, onChange } = props;
  const { t } = useTranslation();
  const kind = useTargets()(props.kind);
  const label = (name: string, required: boolean) => `${t(`data.targets.${name}`, name)}${required ? ' *' : ''}`;
  const listed = (identity: boolean) =>
    kind.targets.filter((one) => one.identity === identity).map((one) => ({ value: one.name, label: label(one.name, one.required) }));
  const optionsFor = (column: string, now: string | undefined) => {
    const prefix = kind.freePrefix;
    const own =
      prefix && now?.startsWith(prefix)
        ? now
        : prefix &&
          `${prefix}${column
            .replace(/^\$\.?/, '')
            .trim()
            .replace(/\s+/g, '_')}`;
    return [
      { label: t('data.imports.fieldOf'), options: listed(false) },
      { label: t('data.imports.identityOf'), options: listed(true) },
      ...(own
        ? [{ label: t(prefix === 'traits.' ? 'data.imports.asTrait' : 'data.imports.asProperty'), options: [{ value: own, label: own }] }]
        : []),
    ].filter((group) => group.options.length);
  };
  const missing = missingTargets(mapping, kind);
  return (
    <div className="stack">
      <Table
        size="small"
        rowKey="name"
        pagination={false}
        dataSource={columns}
        scroll={{ x: 560, ...(columns.length > 30 ? { y: 460 } : {}) }}
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
                  onChange={(target?: string) => onChange(assign(mapping, column.name, target))}
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
      {!missing.length && kind.kind !== 'products' && kind.kind !== 'refunds' && !saysWho(mapping, kind) && (
        <Alert type="warning" showIcon title={t('data.imports.noWho')} />
      )}
    </div>
  );
}
