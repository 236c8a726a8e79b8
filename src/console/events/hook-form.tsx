import { Alert, Button, Drawer, Form, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportKind, Mapping } from '../api/events.ts';
import { type Hook, type HookTest, hooks } from '../api/sources.ts';
import { ProblemView } from '../ui/problem.tsx';
import { KindChoice, MappingTable } from './mapping-table.tsx';

interface Auth {
  type: 'hmac' | 'token';
  header?: string;
  prefix?: string;
  encoding?: 'hex' | 'base64';
  timestampHeader?: string;
}

const given = (auth: Auth) => Object.fromEntries(Object.entries(auth).filter(([, value]) => value)) as unknown as Auth;

/** A hook is made from a sample of what will be sent: it shows the fields, and tries the mapping before anything comes. */
export function HookForm({ onClose, onMade }: { onClose: () => void; onMade: (hook: Hook & { secret: string }) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [sample, setSample] = useState('');
  const [kind, setKind] = useState<ImportKind>('orders');
  const [rows, setRows] = useState('');
  const [mapping, setMapping] = useState<Mapping>({});
  const [auth, setAuth] = useState<Auth>({ type: 'hmac' });
  const [seen, setSeen] = useState<HookTest>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [notJson, setNotJson] = useState(false);

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
  const look = (asked: { kind?: ImportKind; rows?: string; mapping?: Mapping }) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(sample);
      setNotJson(false);
    } catch {
      setNotJson(true);
      return;
    }
    void attempt(async () => {
      const found = await hooks.test({ sample: parsed, ...asked });
      setSeen(found);
      setKind(found.kind);
      setRows(found.rows);
      setMapping(found.mapping);
    });
  };
  const create = () => attempt(async () => onMade(await hooks.create({ name, kind, rows, mapping, auth: given(auth), enabled: true })));

  return (
    <Drawer open onClose={onClose} size={760} title={t('sources.newHook')} data-testid="hook-form">
      <Form layout="vertical" component="div">
        <Form.Item label={t('sources.name')} required>
          <Input value={name} maxLength={100} onChange={(e) => setName(e.target.value)} data-testid="hook-name" />
        </Form.Item>
        <Form.Item
          label={t('sources.sample')}
          extra={t('sources.sampleHint')}
          validateStatus={notJson ? 'error' : undefined}
          help={notJson ? t('sources.notJson') : undefined}
        >
          <Input.TextArea
            className="mono"
            autoSize={{ minRows: 5, maxRows: 14 }}
            value={sample}
            onChange={(e) => setSample(e.target.value)}
            placeholder={'{"order": {"no": "A1", "paid_at": "2026-01-01 10:00:00", "amount": 99, "buyer": {"mobile": "138…"}}}'}
            data-testid="hook-sample"
          />
        </Form.Item>
        <Button onClick={() => look({})} loading={busy && !seen} disabled={!sample.trim()} data-testid="read-sample">
          {t('sources.read')}
        </Button>
        {seen && (
          <div className="stack loose" style={{ marginTop: 16 }}>
            <KindChoice kind={kind} onChange={(next) => look({ kind: next })} />
            <Form.Item label={t('sources.rows')} extra={t('sources.rowsHint')} style={{ margin: 0 }}>
              <Input className="mono" value={rows} onChange={(e) => setRows(e.target.value)} />
            </Form.Item>
            <MappingTable
              columns={seen.paths.map((p) => ({ name: p.path, examples: [p.example] }))}
              kind={kind}
              mapping={mapping}
              onChange={setMapping}
            />
            <Button onClick={() => look({ kind, rows, mapping })} loading={busy} data-testid="test-sample">
              {t('sources.test')}
            </Button>
            <Alert
              type={seen.rejected.length > 0 ? 'warning' : 'success'}
              showIcon
              data-testid="sample-result"
              title={t('sources.found', {
                rows: seen.rowsFound,
                accepted: seen.accepted,
                duplicates: seen.duplicates,
                rejected: seen.rejected.length,
              })}
              description={seen.rejected.slice(0, 5).map((one) => (
                <div key={`${one.index} ${one.field}`}>
                  <code className="mono">{one.field}</code> {one.reason}
                </div>
              ))}
            />
            {seen.events.length > 0 && (
              <details>
                <summary>{t('sources.becomes')}</summary>
                <pre className="mono small" style={{ overflowX: 'auto' }}>
                  {JSON.stringify(seen.events.slice(0, 3), null, 2)}
                </pre>
              </details>
            )}
            <Form.Item label={t('sources.proof')} style={{ margin: 0 }}>
              <Segmented
                value={auth.type}
                onChange={(type) => setAuth({ type: type as Auth['type'] })}
                options={[
                  { value: 'hmac', label: t('sources.hmac') },
                  { value: 'token', label: t('sources.token') },
                ]}
              />
            </Form.Item>
            <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))', gap: '0 16px' }}>
              <Form.Item label={t('sources.header')}>
                <Input
                  value={auth.header}
                  placeholder={auth.type === 'hmac' ? 'x-signature' : 'x-hook-token'}
                  onChange={(e) => setAuth({ ...auth, header: e.target.value })}
                />
              </Form.Item>
              {auth.type === 'hmac' && (
                <>
                  <Form.Item label={t('sources.prefix')}>
                    <Input value={auth.prefix} placeholder="sha256=" onChange={(e) => setAuth({ ...auth, prefix: e.target.value })} />
                  </Form.Item>
                  <Form.Item label={t('sources.encoding')}>
                    <Select
                      value={auth.encoding ?? 'hex'}
                      onChange={(encoding) => setAuth({ ...auth, encoding })}
                      options={[{ value: 'hex' }, { value: 'base64' }]}
                    />
                  </Form.Item>
                  <Form.Item label={t('sources.timestamp')}>
                    <Input
                      value={auth.timestampHeader}
                      placeholder="x-timestamp"
                      onChange={(e) => setAuth({ ...auth, timestampHeader: e.target.value })}
                    />
                  </Form.Item>
                </>
              )}
            </div>
          </div>
        )}
        {failed !== undefined && <ProblemView error={failed} />}
        <Button
          type="primary"
          style={{ marginTop: 16 }}
          disabled={!seen || !name.trim()}
          loading={busy}
          onClick={create}
          data-testid="create-hook"
        >
          {t('sources.create')}
        </Button>
      </Form>
    </Drawer>
  );
}
