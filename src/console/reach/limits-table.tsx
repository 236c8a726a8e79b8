import { EditOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Checkbox, Form, Input, InputNumber, Modal, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LimitChange, type LimitView, limits } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { sayLimit } from './limit-words.ts';

export const LIMITS_KEY = ['limits'];

/** Every rule of the platforms: what holds, where it comes from, and where it is held to. */
export function LimitsTable() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: LIMITS_KEY, queryFn: limits.list });
  const [edited, setEdited] = useState<LimitView>();
  const channels = [...new Set(query.data?.items.map((one) => one.channel))];
  return (
    <Card title={t('reach.limit.title')} style={{ marginTop: 16, maxWidth: 860 }} data-testid="limits">
      <div className="stack">
        <span className="soft small">{t('reach.limit.hint')}</span>
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.isPending && <Loading />}
        {channels.map((channel) => (
          <section key={channel}>
            <b>{t(`common.channel.${channel}`)}</b>
            {query.data?.items
              .filter((one) => one.channel === channel)
              .map((one) => (
                <LimitLine key={one.key} limit={one} edit={() => setEdited(one)} />
              ))}
          </section>
        ))}
      </div>
      {edited && <LimitForm limit={edited} close={() => setEdited(undefined)} />}
    </Card>
  );
}

function LimitLine({ limit, edit }: { limit: LimitView; edit: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const { named } = useLabels();
  const { source } = limit;
  return (
    <div
      className="row wrap between"
      style={{ padding: '10px 0', borderBottom: '1px solid var(--line)', alignItems: 'flex-start', gap: '4px 16px' }}
      data-testid={`limit-${limit.key}`}
    >
      <div style={{ flex: '1 1 260px', minWidth: 0 }}>
        <div>{named(limit.name, limit.key)}</div>
        <div className="soft small" style={{ overflowWrap: 'anywhere' }}>
          {source.url ? (
            <a href={source.url} target="_blank" rel="noreferrer">
              {source.title}
            </a>
          ) : (
            source.title
          )}
          {' · '}
          {limit.known ?? t('reach.limit.undated')}
          {' · '}
          {t('reach.limit.checked', { day: limit.checked })}
        </div>
        {(limit.own || limit.value !== limit.published.value) && (
          <div className="soft small">
            {t('reach.limit.published', { text: sayLimit(t, format, limit, limit.published) })}
            {limit.own && ` · ${t('reach.limit.setBy', { by: limit.own.by, when: format.day(limit.own.at) })}`}
            {limit.own?.note && ` · ${limit.own.note}`}
          </div>
        )}
      </div>
      <div className="row wrap" style={{ flex: '0 1 auto', justifyContent: 'flex-end' }}>
        {limit.trust === 'reported' && <Tag color="orange">{t('reach.limit.reported')}</Tag>}
        {limit.held.length === 0 ? (
          <Tag>{t('reach.limit.platform')}</Tag>
        ) : (
          limit.held.map((one) => (
            <Tag key={one} color="blue">
              {t(`reach.limit.${one}`)}
            </Tag>
          ))
        )}
        {limit.own && <Tag color="green">{t('reach.limit.own')}</Tag>}
        <span className="num" style={{ fontWeight: 500 }}>
          {t(`reach.limit.perOf.${limit.per}`)} {sayLimit(t, format, limit, limit)}
        </span>
        {limit.settable && may('policy.write') && (
          <Button
            type="text"
            size="small"
            icon={<EditOutlined />}
            aria-label={t('reach.limit.edit')}
            onClick={edit}
            data-testid={`edit-${limit.key}`}
          />
        )}
      </div>
    </div>
  );
}

function LimitForm({ limit, close }: { limit: LimitView; close: () => void }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const say = useSay();
  const format = useFormat();
  const client = useQueryClient();
  const [value, setValue] = useState(limit.value);
  const [period, setPeriod] = useState(limit.period);
  const [note, setNote] = useState(limit.own?.note ?? '');
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await work();
      await client.invalidateQueries({ queryKey: LIMITS_KEY });
      await client.invalidateQueries({ queryKey: ['reach'] });
      say.saved();
      close();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  // Money is kept in fen and shown in yuan.
  const scale = limit.unit === 'fen' ? 100 : 1;
  const change: LimitChange = { value, period, ...(note ? { note } : {}) };
  const calendar = period && 'calendar' in period ? period.calendar : undefined;
  return (
    <Modal
      open
      title={named(limit.name, limit.key)}
      onCancel={close}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => act(() => limits.put(limit.key, change))}
      okButtonProps={{ 'data-testid': 'save-limit' } as never}
    >
      <div className="stack">
        <span className="soft small">{t('reach.limit.published', { text: sayLimit(t, format, limit, limit.published) })}</span>
        <Form layout="vertical">
          {limit.choices.length > 0 && (
            <Form.Item label={t('reach.limit.period')}>
              <Segmented
                value={calendar}
                onChange={(one) => setPeriod({ calendar: one })}
                options={limit.choices.map((one) => ({ value: one, label: t(`reach.limit.every.${one}`) }))}
              />
            </Form.Item>
          )}
          {period && 'minutes' in period && (
            <Form.Item label={t('reach.limit.period')}>
              <InputNumber min={1} max={527_040} precision={0} value={period.minutes} onChange={(n) => n && setPeriod({ minutes: n })} />{' '}
              {t('reach.limit.minutes')}
            </Form.Item>
          )}
          <Form.Item label={t('reach.limit.number')}>
            <div className="stack tight">
              {limit.published.value === null && (
                <Checkbox checked={value === null} onChange={(e) => setValue(e.target.checked ? null : 1)}>
                  {t('reach.limit.asDays')}
                </Checkbox>
              )}
              {value !== null && (
                <span>
                  <InputNumber
                    min={0}
                    value={value / scale}
                    {...(scale === 1 ? { precision: 0 } : { precision: 2, prefix: '¥' })}
                    onChange={(n) => n !== null && setValue(Math.round(n * scale))}
                    data-testid="limit-value"
                  />{' '}
                  {scale === 1 && t(`reach.limit.unit.${limit.unit}`)}
                </span>
              )}
            </div>
          </Form.Item>
          <Form.Item label={t('reach.limit.note')}>
            <Input value={note} onChange={(e) => setNote(e.target.value)} maxLength={500} />
          </Form.Item>
        </Form>
        {failed !== undefined && <ProblemView error={failed} />}
        {limit.own && (
          <div>
            <Button onClick={() => act(() => limits.reset(limit.key))} data-testid="reset-limit">
              {t('reach.limit.reset')}
            </Button>
          </div>
        )}
      </div>
    </Modal>
  );
}
