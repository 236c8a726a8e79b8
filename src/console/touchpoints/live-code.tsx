import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Code, type CodeView, type Target, type Touchpoint, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft } from '../ui/hooks.ts';
import { Hint, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { PreviewCard } from './preview-card.tsx';
import { ScheduleEditor } from './schedule-editor.tsx';
import { TargetRow } from './target-row.tsx';

/** The rules of a live code, how full its targets are, and who would get what now. */
export function LiveCode({ point }: { point: Touchpoint }) {
  const query = useQuery({
    queryKey: ['touchpoints', point.id, 'code'],
    queryFn: () => touchpoints.code(point.id),
    refetchInterval: 30_000,
  });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Loading />;
  return (
    <>
      <Editor key={point.updatedAt} point={point} view={query.data} />
      <PreviewCard id={point.id} version={point.updatedAt} />
    </>
  );
}

const STRATEGIES = ['order', 'turn', 'weight', 'region'] as const;
const blank = (no: number): Target => ({ no, kind: 'group', name: '', weight: 1, regions: [], off: false });

function Editor({ point, view }: { point: Touchpoint; view: CodeView }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const draft = useDraft<Code>(`touchpoint.${point.id}`, view.code);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const code = draft.value;
  const write = may('touchpoints.write') && point.state !== 'archived';
  const set = (change: Partial<Code>) => draft.change({ ...code, ...change });
  const setTarget = (no: number, change: Partial<Target>) =>
    set({ targets: code.targets.map((one) => (one.no === no ? { ...one, ...change } : one)) });
  const drop = (no: number) => {
    const without = (list: number[]) => list.filter((one) => one !== no);
    const slots = <T extends { targets: number[] }>(list: T[]) =>
      list.map((s) => ({ ...s, targets: without(s.targets) })).filter((s) => s.targets.length > 0);
    set({
      targets: code.targets.filter((one) => one.no !== no),
      special: slots(code.special),
      weekly: slots(code.weekly),
      allDay: code.allDay ? without(code.allDay) : null,
      standby: code.standby === no ? null : (code.standby ?? null),
    });
  };
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['touchpoints'] });
      say.saved();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    act(async () => {
      await touchpoints.saveCode(point.id, code);
      draft.clear(code);
    });
  const names = code.targets.map((one) => ({ value: one.no, label: one.name || `#${one.no}` }));

  return (
    <Card size="small" title={t('touchpoint.live.targets')} extra={<Hint text={t('touchpoint.live.sticky')} />} data-testid="live-code">
      <fieldset disabled={!write} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }} className="stack">
        <DraftNotice draft={draft} saved={view.code} />
        <div className="row wrap">
          <span className="soft small">{t('touchpoint.live.strategy')}</span>
          <Select
            value={code.strategy}
            onChange={(strategy) => set({ strategy })}
            options={STRATEGIES.map((one) => ({ value: one, label: t(`touchpoint.live.strategies.${one}`) }))}
            style={{ minWidth: 210 }}
            data-testid="live-strategy"
          />
          {code.strategy === 'order' && (
            <>
              <span className="soft small">{t('touchpoint.live.lookAhead')}</span>
              <InputNumber
                size="small"
                min={1}
                max={190}
                value={code.lookAhead}
                onChange={(lookAhead) => set({ lookAhead: lookAhead ?? 30 })}
                style={{ width: 70 }}
              />
            </>
          )}
        </div>
        {code.targets.map((one) => (
          <TargetRow
            key={one.no}
            target={one}
            view={view.targets.find((v) => v.no === one.no)}
            strategy={code.strategy}
            onChange={(change) => setTarget(one.no, change)}
            onRemove={() => drop(one.no)}
          />
        ))}
        <div className="row wrap">
          <Button
            size="small"
            onClick={() => set({ targets: [...code.targets, blank(Math.max(0, ...code.targets.map((one) => one.no)) + 1)] })}
            data-testid="add-target"
          >
            {t('touchpoint.live.addTarget')}
          </Button>
          <span className="soft small">{t('touchpoint.live.standby')}</span>
          <Select
            allowClear
            size="small"
            value={code.standby ?? undefined}
            onChange={(no?: number) => set({ standby: no ?? null })}
            options={names}
            style={{ minWidth: 140 }}
            placeholder={t('common.none')}
          />
          <Hint text={t('touchpoint.live.standbyHint')} />
        </div>
        <ScheduleEditor code={code} names={names} onChange={set} />
        <div className="stack tight">
          <b>{t('touchpoint.live.landing')}</b>
          <Input
            value={code.landing.title}
            maxLength={60}
            placeholder={t('touchpoint.live.landingTitle')}
            onChange={(event) => set({ landing: { ...code.landing, title: event.target.value } })}
          />
          <Input.TextArea
            value={code.landing.text}
            maxLength={400}
            autoSize
            placeholder={t('touchpoint.live.landingText')}
            onChange={(event) => set({ landing: { ...code.landing, text: event.target.value } })}
          />
          <Input
            value={code.landing.full}
            maxLength={200}
            placeholder={t('touchpoint.live.landingFull')}
            onChange={(event) => set({ landing: { ...code.landing, full: event.target.value } })}
          />
        </div>
        {failed !== undefined && <ProblemView error={failed} />}
        {write && (
          <div className="row wrap">
            <Button type="primary" onClick={save} loading={busy} disabled={!draft.dirty} data-testid="save-code">
              {t('common.save')}
            </Button>
            {view.targets.some((one) => one.state === 'pooled') && (
              <Button onClick={() => act(() => touchpoints.provision(point.id))} disabled={draft.dirty}>
                {t('touchpoint.live.provision')}
              </Button>
            )}
            {draft.dirty && <span className="soft small">{t('common.draftKept')}</span>}
          </div>
        )}
      </fieldset>
    </Card>
  );
}
