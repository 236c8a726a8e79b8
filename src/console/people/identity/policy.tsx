import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, InputNumber, Select, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type IdentityPolicy, identity, type TypeRule } from '../../api/identity.ts';
import { useMay } from '../../shell/session.tsx';
import { Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay } from '../../ui/undo.tsx';

export function PolicyTab() {
  const query = useQuery({ queryKey: ['identity', 'policy'], queryFn: identity.policy });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  return <PolicyForm saved={query.data} />;
}

function PolicyForm({ saved }: { saved: IdentityPolicy }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [value, setValue] = useState(saved);
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const locked = !may('settings.write');
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      const stored = await identity.savePolicy(value);
      setValue(stored);
      client.setQueryData(['identity', 'policy'], stored);
      say.saved();
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
  };
  const { quarantine } = value;
  return (
    <div className="stack loose" style={{ maxWidth: 860 }}>
      <Card size="small" title={t('identity.types')}>
        <p className="soft small">{t('identity.typesHint')}</p>
        <Types types={value.types} locked={locked} onChange={(types) => setValue({ ...value, types })} />
      </Card>
      <Card size="small" title={t('identity.blocked')}>
        <p className="soft small">{t('identity.blockedHint', { always: value.blockedEverywhere.join(' ') })}</p>
        <Blocked value={value} locked={locked} onChange={(blocked) => setValue({ ...value, blocked })} />
      </Card>
      <Card size="small" title={t('identity.quarantineRule')}>
        <p className="soft small">{t('identity.quarantineRuleHint')}</p>
        <span className="row wrap" style={{ gap: 8 }}>
          <InputNumber
            min={2}
            max={10_000}
            precision={0}
            disabled={locked}
            value={quarantine.people}
            aria-label={t('identity.people')}
            onChange={(people) => people && setValue({ ...value, quarantine: { ...quarantine, people } })}
          />
          {t('identity.people')}
          <InputNumber
            min={1}
            max={3650}
            precision={0}
            disabled={locked}
            value={quarantine.days}
            aria-label={t('identity.days')}
            onChange={(days) => days && setValue({ ...value, quarantine: { ...quarantine, days } })}
          />
          {t('identity.days')}
        </span>
      </Card>
      {failed !== undefined && <ProblemView error={failed} compact />}
      {!locked && (
        <span className="row wrap" style={{ gap: 12 }}>
          <Button type="primary" loading={busy} onClick={save} data-testid="save-identity-policy">
            {t('identity.savePolicy')}
          </Button>
          <span className="soft small">{t('identity.policyNote')}</span>
        </span>
      )}
    </div>
  );
}

function Types({ types, locked, onChange }: { types: TypeRule[]; locked: boolean; onChange: (types: TypeRule[]) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const set = (at: number, change: Partial<TypeRule>) => onChange(types.map((one, i) => (i === at ? { ...one, ...change } : one)));
  const move = (at: number, by: number) => {
    const next = [...types];
    const [one] = next.splice(at, 1);
    next.splice(at + by, 0, one!);
    onChange(next);
  };
  const add = () => {
    onChange([...types, { type: name.trim(), strong: true, limit: 1, scoped: false, own: true }]);
    setName('');
  };
  return (
    <div data-testid="identity-types">
      {types.map((one, at) => (
        <div key={one.type} className="row wrap between" style={{ padding: '6px 0', borderBottom: '1px solid var(--line)', gap: 8 }}>
          <span className="row" style={{ flex: '1 1 220px', gap: 6 }}>
            <span className="mono">{one.type}</span>
            {one.own && <Tag style={{ marginInlineEnd: 0 }}>{t('identity.ownType')}</Tag>}
          </span>
          <span className="row wrap" style={{ gap: 8 }}>
            <Switch
              size="small"
              disabled={locked}
              checked={one.strong}
              checkedChildren={t('identity.strong')}
              unCheckedChildren={t('identity.weak')}
              aria-label={`${one.type} ${t('identity.strong')}`}
              onChange={(strong) => set(at, { strong })}
            />
            <InputNumber
              size="small"
              min={1}
              max={100_000}
              precision={0}
              disabled={locked}
              value={one.limit}
              prefix={<span className="soft small">{t('identity.limit')}</span>}
              aria-label={`${one.type} ${t('identity.limit')}`}
              style={{ width: 110 }}
              onChange={(limit) => limit && set(at, { limit })}
            />
            <Switch
              size="small"
              disabled={locked || !one.own}
              checked={one.scoped}
              checkedChildren={t('identity.scoped')}
              unCheckedChildren={t('identity.scoped')}
              aria-label={`${one.type} ${t('identity.scoped')}`}
              onChange={(scoped) => set(at, { scoped })}
            />
            {!locked && (
              <span className="row" style={{ gap: 0 }}>
                <Button
                  size="small"
                  type="text"
                  icon={<ArrowUpOutlined />}
                  disabled={at === 0}
                  aria-label={t('identity.up')}
                  onClick={() => move(at, -1)}
                />
                <Button
                  size="small"
                  type="text"
                  icon={<ArrowDownOutlined />}
                  disabled={at === types.length - 1}
                  aria-label={t('identity.down')}
                  onClick={() => move(at, 1)}
                />
                <Button
                  size="small"
                  type="text"
                  icon={<DeleteOutlined />}
                  disabled={!one.own}
                  aria-label={t('common.delete')}
                  onClick={() => onChange(types.filter((_, i) => i !== at))}
                />
              </span>
            )}
          </span>
        </div>
      ))}
      {!locked && (
        <span className="row wrap" style={{ gap: 8, paddingTop: 12 }}>
          <Input value={name} onChange={(e) => setName(e.target.value)} placeholder={t('identity.typeName')} style={{ width: 240 }} />
          <Button icon={<PlusOutlined />} disabled={!name.trim()} onClick={add}>
            {t('identity.addType')}
          </Button>
        </span>
      )}
    </div>
  );
}

function Blocked({
  value,
  locked,
  onChange,
}: {
  value: IdentityPolicy;
  locked: boolean;
  onChange: (blocked: Record<string, string[]>) => void;
}) {
  const { t } = useTranslation();
  const shown = [...new Set(['*', 'phone', 'email', ...Object.keys(value.blocked)])];
  return (
    <div className="stack tight">
      {shown.map((type) => (
        <div key={type} className="row wrap" style={{ gap: 8 }}>
          <span className="mono" style={{ width: 120 }}>
            {type === '*' ? t('identity.blockedAll') : type}
          </span>
          <Select
            mode="tags"
            open={false}
            suffixIcon={null}
            disabled={locked}
            aria-label={type}
            style={{ flex: '1 1 260px' }}
            value={value.blocked[type] ?? []}
            onChange={(values: string[]) => {
              const { [type]: _, ...rest } = value.blocked;
              onChange(values.length > 0 ? { ...rest, [type]: values } : rest);
            }}
          />
        </div>
      ))}
    </div>
  );
}
