import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Purpose } from '../api/content.ts';
import type { NodeOf } from '../api/journeys.ts';
import { type RowDraft, type Sop, sop } from '../api/sop.ts';
import { PurposeSelect } from '../content/purpose-select.tsx';
import { EntryForm } from '../journeys/entry-form.tsx';
import { useChannels } from '../journeys/faults.ts';
import { useNodeWords } from '../journeys/words.ts';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { useMay } from '../shell/session.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft } from '../ui/hooks.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { RowForm } from './row-form.tsx';
import './sop.css';

/** `key` holds a row in its place on the screen. */
type Keyed = RowDraft & { key: string };
interface Draft {
  name: string;
  purpose: Purpose | undefined;
  entry: NodeOf<'entry'>;
  rows: Keyed[];
}

const timeOf = (row: RowDraft) => `${String(row.day).padStart(4, '0')} ${row.at}`;
/** Rows are told apart by where they are written, whatever becomes of their day. */
const fresh = (day: number, at: string, channel: string): Keyed => ({
  ...{ key: `new-${Math.random().toString(36).slice(2, 8)}`, day, at, channel, contentId: null, rule: null, text: '' },
});

const draftOf = (saved: Sop | undefined, channel: string): Draft => ({
  name: saved?.name ?? '',
  purpose: saved?.purpose ?? undefined,
  entry: saved?.entries[0] ?? { id: 'entry', type: 'entry', event: 'Friend Added', reentry: 'never' },
  rows: saved ? saved.rows.map((row) => ({ ...row, key: row.id })) : [fresh(0, '00:00', channel), fresh(1, '10:30', channel)],
});

/** What is said on which day: a day after the other, each with its messages. */
export function TableEditor({ saved }: { saved: Sop | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { gist } = useNodeWords();
  const channel = useChannels().find((one) => one.configured)?.key ?? 'wecom';
  const first = draftOf(saved, channel);
  const draft = useDraft<Draft>(`sop.${saved?.id ?? 'new'}`, first);
  const [open, setOpen] = useState(!saved);
  const [inside, setInside] = useState<'keep' | 'move'>('keep');
  const [failed, setFailed] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { name, purpose, entry, rows } = draft.value;
  const editable = may('journeys.write') && saved?.state !== 'archived';
  const launched = saved !== undefined && saved.state !== 'draft';
  const set = (change: Partial<Draft>) => draft.change({ ...draft.value, ...change });
  const setRow = (key: string, row: RowDraft | undefined) =>
    set({ rows: rows.flatMap((one) => (one.key !== key ? [one] : row ? [{ ...row, key }] : [])) });
  const days = [...new Set(rows.map((row) => row.day))].sort((a, b) => a - b);
  const problemsOf = (row: Keyed): string[] => {
    const place = saved?.rows.findIndex((one) => one.id === row.id) ?? -1;
    return draft.dirty || place < 0
      ? []
      : (saved?.problems ?? []).filter((one) => one.field.startsWith(`rows.${place}.`)).map((one) => one.reason);
  };
  const askApproval = useAskApproval();
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    const body = {
      ...{ name: name.trim(), ...(purpose ? { purpose } : {}), entry: { ...entry } },
      rows: rows.map(({ key: _, text, ...row }) => ({ ...row, ...(text?.trim() ? { text } : {}) })),
    };
    try {
      const made = saved ? await sop.change(saved.id, launched ? { ...body, inside } : body) : await sop.add(body);
      draft.clear(draft.value);
      await client.invalidateQueries({ queryKey: ['journeys'] });
      await client.invalidateQueries({ queryKey: ['sop'] });
      await client.invalidateQueries({ queryKey: ['content'] });
      say.saved();
      if (!saved) navigate(`/sop/${made.id}`, { replace: true });
    } catch (error) {
      if (!askApproval(error)) setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack" data-testid="sop-table">
      <DraftNotice draft={draft} saved={first} />
      {launched && draft.dirty && (
        <Alert
          type="warning"
          showIcon
          title={t('journey.newVersionHint')}
          description={
            <Radio.Group
              value={inside}
              onChange={(event) => setInside(event.target.value as 'keep' | 'move')}
              options={[
                { value: 'keep', label: t('journey.insideKeep') },
                { value: 'move', label: t('journey.insideMove') },
              ]}
            />
          }
        />
      )}
      <Card size="small">
        <div className="row wrap">
          <Input
            value={name}
            maxLength={120}
            placeholder={t('sop.name')}
            aria-label={t('sop.name')}
            onChange={(event) => set({ name: event.target.value })}
            style={{ maxWidth: 320, fontWeight: 500 }}
            data-testid="sop-name"
          />
          <PurposeSelect
            value={purpose}
            placeholder={t('journey.purpose')}
            onChange={(next) => set({ purpose: next })}
            testId="sop-purpose"
          />
          {editable && (
            <Button
              type="primary"
              loading={busy}
              disabled={!name.trim() || (Boolean(saved) && !draft.dirty)}
              onClick={save}
              data-testid="sop-save"
            >
              {launched ? t('journey.newVersion') : t('common.save')}
            </Button>
          )}
        </div>
        <div className="row wrap" style={{ marginTop: 10 }}>
          <span className="soft">{t('sop.entry')}</span>
          <strong>{gist(entry) || '…'}</strong>
          {editable && (
            <Button size="small" type="link" onClick={() => setOpen(!open)} data-testid="sop-entry-edit">
              {t(open ? 'common.close' : 'common.edit')}
            </Button>
          )}
        </div>
        {open && editable && (
          <Form layout="vertical" component="div" style={{ maxWidth: 460, marginTop: 12 }}>
            <EntryForm node={entry} onChange={(next) => set({ entry: next })} />
          </Form>
        )}
      </Card>
      {failed !== undefined && <ProblemView error={failed} />}
      {rows.filter((row) => row.day === 0).length > 1 && <span className="warn small">{t('sop.twoAtOnce')}</span>}
      <div>
        {days.map((day) => (
          <section key={day} className="sday" data-day={day}>
            <div>
              <h3>{t('sop.day', { n: day })}</h3>
              <span className="soft small">{t(day === 0 ? 'sop.firstDay' : 'sop.dayAfter', { n: day })}</span>
            </div>
            <div className="stack">
              {rows
                .filter((row) => row.day === day)
                .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
                .map((row) => (
                  <RowForm
                    key={row.key}
                    row={row}
                    editable={editable}
                    problems={problemsOf(row)}
                    onChange={(next) => setRow(row.key, next)}
                    remove={rows.length > 1 ? () => setRow(row.key, undefined) : undefined}
                  />
                ))}
              {editable && (
                <div>
                  <Button
                    size="small"
                    type="text"
                    icon={<PlusOutlined />}
                    onClick={() => set({ rows: [...rows, fresh(day, '19:30', channel)] })}
                  >
                    {t('sop.addMessage')}
                  </Button>
                </div>
              )}
            </div>
          </section>
        ))}
      </div>
      {editable && (
        <div>
          <Button
            type="dashed"
            icon={<PlusOutlined />}
            onClick={() => set({ rows: [...rows, fresh((days.at(-1) ?? -1) + 1, '10:30', channel)] })}
            data-testid="sop-add-day"
          >
            {t('sop.addDay')}
          </Button>
        </div>
      )}
    </div>
  );
}
