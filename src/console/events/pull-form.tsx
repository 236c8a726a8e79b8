import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportKind, Mapping } from '../api/events.ts';
import { type PullSource, type PullTest, pulls, type Schedule } from '../api/sources.ts';
import { ProblemView } from '../ui/problem.tsx';
import { KindChoice, MappingTable } from './mapping-table.tsx';

const schedules: Record<string, Schedule> = {
  '15': { everyMinutes: 15 },
  '60': { everyMinutes: 60 },
  '360': { everyMinutes: 360 },
  '0 3 * * *': { cron: '0 3 * * *' },
  hand: { byHand: true },
};

/** A pull is made by connecting first: the columns it finds are what is mapped. */
export function PullForm({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [source, setSource] = useState<PullSource>({ engine: 'mysql', host: '', database: '', user: '', tls: 'verify' });
  const [password, setPassword] = useState('');
  const [query, setQuery] = useState('');
  const [seen, setSeen] = useState<PullTest>();
  const [kind, setKind] = useState<ImportKind>('orders');
  const [mapping, setMapping] = useState<Mapping>({});
  const [cursor, setCursor] = useState<string>();
  const [often, setOften] = useState('60');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await work();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const look = (asked?: ImportKind) =>
    attempt(async () => {
      const found = await pulls.test({ source, password, query, kind: asked });
      setSeen(found);
      setKind(found.kind);
      setMapping(found.mapping);
      setCursor(cursor ?? found.cursor ?? undefined);
    });
  const create = () =>
    attempt(async () => {
      await pulls.create({
        name,
        source,
        password,
        query,
        cursor: cursor ?? '',
        kind,
        mapping,
        schedule: schedules[often]!,
        enabled: true,
      });
      onMade();
    });
  const field = (key: 'host' | 'database' | 'user') => (
    <Form.Item label={t(`sources.${key}`)} required>
      <Input value={source[key]} onChange={(e) => setSource({ ...source, [key]: e.target.value.trim() })} data-testid={`pull-${key}`} />
    </Form.Item>
  );
  const ready = source.host && source.database && source.user && query.trim();
  return (
    <Drawer open onClose={onClose} size={760} title={t('sources.newPull')} data-testid="pull-form">
      <Form layout="vertical" component="div">
        <Form.Item label={t('sources.name')} required>
          <Input value={name} maxLength={100} onChange={(e) => setName(e.target.value)} data-testid="pull-name" />
        </Form.Item>
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))', gap: '0 16px' }}>
          <Form.Item label={t('sources.engine')}>
            <Select
              value={source.engine}
              onChange={(engine) => setSource({ ...source, engine })}
              options={[
                { value: 'mysql', label: 'MySQL / MariaDB' },
                { value: 'postgres', label: 'PostgreSQL' },
              ]}
            />
          </Form.Item>
          {field('host')}
          <Form.Item label={t('sources.port')}>
            <InputNumber
              style={{ width: '100%' }}
              min={1}
              max={65_535}
              value={source.port}
              placeholder={source.engine === 'mysql' ? '3306' : '5432'}
              onChange={(port) => setSource({ ...source, port: port ?? undefined })}
            />
          </Form.Item>
          {field('database')}
          {field('user')}
          <Form.Item label={t('sources.password')} extra={t('sources.passwordHint')}>
            <Input.Password value={password} autoComplete="new-password" onChange={(e) => setPassword(e.target.value)} />
          </Form.Item>
          <Form.Item label={t('sources.tls')}>
            <Select
              value={source.tls}
              onChange={(tls) => setSource({ ...source, tls })}
              options={[
                { value: 'verify', label: t('sources.tlsVerify') },
                { value: 'require', label: t('sources.tlsRequire') },
                { value: 'off', label: t('sources.tlsOff') },
              ]}
            />
          </Form.Item>
        </div>
        <Form.Item label={t('sources.query')} required>
          <Input.TextArea
            className="mono"
            autoSize={{ minRows: 2, maxRows: 10 }}
            value={query}
            placeholder="SELECT order_no, member_id, paid_at, amount, updated_at FROM orders"
            onChange={(e) => setQuery(e.target.value)}
            data-testid="pull-query"
          />
        </Form.Item>
        <Button onClick={() => look()} loading={busy} disabled={!ready} data-testid="pull-connect">
          {t('sources.connect')}
        </Button>
        {seen && (
          <div className="stack loose" style={{ marginTop: 16 }}>
            <KindChoice kind={kind} onChange={(next) => look(next)} />
            <MappingTable columns={seen.columns} kind={kind} mapping={mapping} onChange={setMapping} />
            <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))', gap: '0 16px' }}>
              <Form.Item label={t('sources.cursor')} extra={t('sources.cursorHint')} required>
                <Select value={cursor} onChange={setCursor} options={seen.columns.map((c) => ({ value: c.name, label: c.name }))} />
              </Form.Item>
              <Form.Item label={t('sources.schedule')}>
                <Select
                  value={often}
                  onChange={setOften}
                  options={Object.entries(schedules).map(([value, one]) => ({ value, label: scheduleText(t, one) }))}
                />
              </Form.Item>
            </div>
          </div>
        )}
        {failed !== undefined && <ProblemView error={failed} />}
        <Button
          type="primary"
          style={{ marginTop: 16 }}
          disabled={!seen || !cursor || !name.trim()}
          loading={busy}
          onClick={create}
          data-testid="create-pull"
        >
          {t('sources.create')}
        </Button>
      </Form>
    </Drawer>
  );
}

export const scheduleText = (t: (key: string, values?: Record<string, unknown>) => string, one: Schedule): string =>
  'everyMinutes' in one
    ? t('sources.every', { n: one.everyMinutes })
    : 'cron' in one
      ? t('sources.cron', { x: one.cron })
      : t('sources.byHand');
