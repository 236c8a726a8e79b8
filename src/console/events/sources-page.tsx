import { ApiOutlined, DatabaseOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Collapse, Popconfirm, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { SecretModal } from '../access/secret-modal.tsx';
import { type Hook, hooks, type Pull, pulls } from '../api/sources.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton, Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { HookForm } from './hook-form.tsx';
import { ImportState } from './import-bits.tsx';
import { PullForm, scheduleText } from './pull-form.tsx';
import { RefusedCard } from './refused.tsx';

const line = { padding: '12px 0', borderBottom: '1px solid var(--line)' } as const;

/** Does something to a source, and shows the list anew. */
function useDo(key: string) {
  const say = useSay();
  const client = useQueryClient();
  return (work: Promise<unknown>) => work.then(() => client.invalidateQueries({ queryKey: [key] })).catch(say.failed);
}

function RemoveButton({ name, onRemove }: { name: string; onRemove: () => unknown }) {
  const { t } = useTranslation();
  return (
    <Popconfirm title={t('sources.removeSure', { name })} okButtonProps={{ danger: true }} onConfirm={onRemove}>
      <Button size="small" danger type="text">
        {t('common.delete')}
      </Button>
    </Popconfirm>
  );
}

function Deliveries({ hook }: { hook: Hook }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['hooks', hook.id, 'deliveries'], queryFn: () => hooks.deliveries(hook.id), refetchInterval: 5000 });
  if (!query.data) return <Loading rows={2} />;
  if (!query.data.items.length) return <span className="soft">{t('sources.never')}</span>;
  return query.data.items.map((one) => (
    <div key={one.id} style={{ padding: '4px 0' }} data-testid="delivery">
      <div className="row between wrap">
        <Time value={one.receivedAt} />
        <span className={`num small${one.rejected ? ' bad' : ''}`}>{t('sources.counts', { ...one })}</span>
      </div>
      {one.errors.slice(0, 3).map((error) => (
        <div key={`${error.index} ${error.field}`} className="soft small">
          <code className="mono">{error.field}</code> {error.reason}
        </div>
      ))}
    </div>
  ));
}

function HookLine({ hook, write, onSecret }: { hook: Hook; write: boolean; onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const act = useDo('hooks');
  return (
    <div style={line} data-testid="hook">
      <div className="row between wrap">
        <span className="row wrap">
          <b style={{ fontWeight: 500 }}>{hook.name}</b>
          <Tag>{t(`data.imports.kinds.${hook.kind}`)}</Tag>
          <Tag>{t(`sources.${hook.auth.type}`)}</Tag>
        </span>
        {write && (
          <span className="row">
            <Switch
              size="small"
              checked={hook.enabled}
              aria-label={t('sources.on')}
              onChange={(enabled) => act(hooks.update(hook.id, { enabled }))}
            />
            <Popconfirm title={t('sources.renewSure')} onConfirm={() => act(hooks.renew(hook.id).then((made) => onSecret(made.secret)))}>
              <Button size="small" type="text">
                {t('sources.renew')}
              </Button>
            </Popconfirm>
            <RemoveButton name={hook.name} onRemove={() => act(hooks.remove(hook.id))} />
          </span>
        )}
      </div>
      <div className="row" style={{ margin: '4px 0' }}>
        <code className="mono small clip">{hook.url}</code>
        <CopyButton text={hook.url} />
      </div>
      <div className="soft small">
        {t('sources.last')} {hook.lastAt ? <Time value={hook.lastAt} /> : t('sources.never')}
        {hook.refused.count > 0 && (
          <span className="bad"> · {t('sources.refused', { n: hook.refused.count, reason: hook.refused.reason ?? '' })}</span>
        )}
      </div>
      <Collapse ghost size="small" items={[{ key: 'd', label: t('sources.deliveries'), children: <Deliveries hook={hook} /> }]} />
    </div>
  );
}

function Runs({ pull }: { pull: Pull }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['pulls', pull.id, 'runs'], queryFn: () => pulls.runs(pull.id), refetchInterval: 3000 });
  if (!query.data) return <Loading rows={2} />;
  return query.data.items.map((run) => (
    <div key={run.id} style={{ padding: '4px 0' }} data-testid="run">
      <div className="row between wrap">
        <span className="row">
          <ImportState state={run.state} /> <Time value={run.startedAt} />
        </span>
        <span className="num small">
          {t('sources.fetched', { n: format.number(run.fetched) })} · {t('sources.counts', { ...run })}
          {run.imports.map((id) => (
            <Link key={id} to={`/imports/${id}`} style={{ marginInlineStart: 8 }}>
              {t('common.open')}
            </Link>
          ))}
        </span>
      </div>
      {run.error && <div className="bad small">{run.error}</div>}
    </div>
  ));
}

function PullLine({ pull, write }: { pull: Pull; write: boolean }) {
  const { t } = useTranslation();
  const act = useDo('pulls');
  const { engine, host, database } = pull.source;
  return (
    <div style={line} data-testid="pull">
      <div className="row between wrap">
        <span className="row wrap">
          <b style={{ fontWeight: 500 }}>{pull.name}</b>
          <Tag>{t(`data.imports.kinds.${pull.kind}`)}</Tag>
          {pull.lastRun && <ImportState state={pull.lastRun.state} />}
        </span>
        {write && (
          <span className="row">
            <Switch
              size="small"
              checked={pull.enabled}
              aria-label={t('sources.on')}
              onChange={(enabled) => act(pulls.update(pull.id, { enabled }))}
            />
            <Button size="small" type="text" onClick={() => act(pulls.run(pull.id))} data-testid="run-pull">
              {t('sources.runNow')}
            </Button>
            <RemoveButton name={pull.name} onRemove={() => act(pulls.remove(pull.id))} />
          </span>
        )}
      </div>
      <div className="soft small">
        {engine === 'mysql' ? 'MySQL' : 'PostgreSQL'} · {host} / {database} · {scheduleText(t, pull.schedule)}
        {pull.watermark && ` · ${t('sources.upTo', { x: pull.watermark })}`} · {t('sources.next')}{' '}
        {pull.nextAt ? <Time value={pull.nextAt} /> : t(pull.enabled ? 'sources.byHand' : 'sources.paused')}
      </div>
      {pull.lastRun?.error && <div className="bad small">{pull.lastRun.error}</div>}
      <Collapse ghost size="small" items={[{ key: 'r', label: t('sources.runs'), children: <Runs pull={pull} /> }]} />
    </div>
  );
}

export default function SourcesPage() {
  const { t } = useTranslation();
  const write = useMay()('imports.write');
  const client = useQueryClient();
  const [making, setMaking] = useState<'hook' | 'pull'>();
  const [secret, setSecret] = useState<string>();
  const hookList = useQuery({ queryKey: ['hooks'], queryFn: hooks.list, refetchInterval: 10_000 });
  const pullList = useQuery({ queryKey: ['pulls'], queryFn: pulls.list, refetchInterval: 5000 });
  const add = (kind: 'hook' | 'pull', text: string) =>
    write && (
      <Button size="small" icon={<PlusOutlined />} onClick={() => setMaking(kind)} data-testid={`new-${kind}`}>
        {text}
      </Button>
    );
  const done = (key: string) => {
    setMaking(undefined);
    void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <Page title={t('sources.title')} question={t('sources.question')} testId="sources-page">
      <div className="stack loose">
        <Card size="small" title={t('sources.hooks')} extra={add('hook', t('sources.newHook'))}>
          {hookList.isError && <ProblemView error={hookList.error} retry={() => hookList.refetch()} />}
          {hookList.isPending && <Loading rows={3} />}
          {hookList.data?.items.length === 0 && (
            <EmptyStart icon={<ApiOutlined />} title={t('sources.none')} text={t('sources.hooksText')} />
          )}
          {hookList.data?.items.map((hook) => (
            <HookLine key={hook.id} hook={hook} write={write} onSecret={setSecret} />
          ))}
        </Card>
        <Card size="small" title={t('sources.pulls')} extra={add('pull', t('sources.newPull'))}>
          {pullList.isError && <ProblemView error={pullList.error} retry={() => pullList.refetch()} />}
          {pullList.isPending && <Loading rows={3} />}
          {pullList.data?.items.length === 0 && (
            <EmptyStart icon={<DatabaseOutlined />} title={t('sources.none')} text={t('sources.pullsText')} />
          )}
          {pullList.data?.items.map((pull) => (
            <PullLine key={pull.id} pull={pull} write={write} />
          ))}
        </Card>
        <RefusedCard />
      </div>
      {making === 'hook' && (
        <HookForm
          onClose={() => setMaking(undefined)}
          onMade={(made) => {
            done('hooks');
            setSecret(made.secret);
          }}
        />
      )}
      {making === 'pull' && <PullForm onClose={() => setMaking(undefined)} onMade={() => done('pulls')} />}
      <SecretModal
        title={t('sources.secretTitle')}
        warning={t('sources.secretText')}
        secret={secret}
        onClose={() => setSecret(undefined)}
      />
    </Page>
  );
}
