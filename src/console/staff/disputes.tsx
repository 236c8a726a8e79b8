import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { binding, type Dispute, type Transfer } from '../api/binding.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { EmptyStart } from '../ui/page.tsx';
import { useSay } from '../ui/undo.tsx';
import { useStaff } from './bits.tsx';

function useAct() {
  const say = useSay();
  const client = useQueryClient();
  return async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      await Promise.all(['binding', 'staff', 'person'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    } catch (error) {
      say.failed(error);
    }
  };
}

/** A dispute with what speaks for each side, and the ways to end it. */
export function DisputeCard({ dispute, linked = true }: { dispute: Dispute; linked?: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  const { nameOf } = useStaff();
  const [note, setNote] = useState('');
  const isOpen = dispute.state === 'open';
  const decide = (staffId?: string | null) => act(() => binding.decide(dispute.id, note.trim(), staffId));
  return (
    <Card size="small" data-testid="dispute">
      <div className="stack tight">
        <div className="row wrap between">
          <b>{t('staff.dispute.claim', { claimant: nameOf(dispute.claimant), holder: nameOf(dispute.holder) })}</b>
          <Tag color={isOpen ? 'warning' : undefined}>{t(`staff.dispute.state.${dispute.state}`)}</Tag>
        </div>
        <div>{dispute.reason}</div>
        <span className="soft small">
          {dispute.openedBy} · <Time value={dispute.openedAt} full />{' '}
          {linked && <Link to={`/people/${dispute.personId}`}>{dispute.personId}</Link>}
        </span>
        {dispute.evidence.map((piece) => (
          <div key={piece.at + piece.text} style={{ borderInlineStart: '3px solid var(--line)', paddingInlineStart: 8 }}>
            {piece.text}
            <div className="soft small">
              {piece.by} · <Time value={piece.at} full />
            </div>
          </div>
        ))}
        {!isOpen && (
          <div>
            {dispute.state === 'decided' ? t('staff.kind.decided', { staff: nameOf(dispute.outcome) }) : t('staff.dispute.asItWas')}:{' '}
            {dispute.note}
            <div className="soft small">
              {dispute.closedBy} · <Time value={dispute.closedAt} full />
            </div>
          </div>
        )}
        {isOpen && may('notes.write') && (
          <div className="stack tight">
            <Input.TextArea
              value={note}
              onChange={(event) => setNote(event.target.value)}
              placeholder={`${t('staff.dispute.evidence')} / ${t('staff.dispute.note')}`}
              aria-label={t('staff.dispute.note')}
              autoSize={{ minRows: 2 }}
              maxLength={2000}
              data-testid="dispute-note"
            />
            <div className="row wrap">
              <Button
                size="small"
                disabled={!note.trim()}
                onClick={() =>
                  act(async () => {
                    await binding.addEvidence(dispute.id, note.trim());
                    setNote('');
                  })
                }
              >
                {t('staff.dispute.addEvidence')}
              </Button>
              {may('people.write') && (
                <>
                  <Button size="small" type="primary" disabled={!note.trim()} onClick={() => decide(dispute.claimant)} data-testid="decide">
                    {t('staff.dispute.decideFor', { name: nameOf(dispute.claimant) })}
                  </Button>
                  <Button size="small" disabled={!note.trim()} onClick={() => decide()}>
                    {t('staff.dispute.asItWas')}
                  </Button>
                </>
              )}
            </div>
          </div>
        )}
      </div>
    </Card>
  );
}

export function Disputes() {
  const { t } = useTranslation();
  const { nameOf } = useStaff();
  const [state, setState] = useState<Dispute['state']>('open');
  return (
    <div className="stack">
      <Segmented<Dispute['state']>
        value={state}
        onChange={setState}
        options={(['open', 'decided', 'withdrawn'] as const).map((value) => ({ value, label: t(`staff.dispute.state.${value}`) }))}
      />
      <CursorTable<Dispute>
        queryKey={['binding', 'disputes', state]}
        fetch={(cursor) => binding.disputes(state, cursor)}
        rowKey={(d) => d.id}
        columns={[
          {
            key: 'claim',
            title: t('staff.dispute.claimant'),
            render: (_, d) => t('staff.dispute.claim', { claimant: nameOf(d.claimant), holder: nameOf(d.holder) }),
          },
          { key: 'reason', title: t('staff.reason'), render: (_, d) => d.reason },
          { key: 'at', title: t('staff.when'), width: 150, render: (_, d) => <Time value={d.openedAt} full /> },
        ]}
        expandable={{ expandedRowRender: (d) => <DisputeCard dispute={d} /> }}
        card={(d) => <DisputeCard dispute={d} />}
        empty={<EmptyStart title={t('staff.dispute.none')} text={t('staff.dispute.noneText')} />}
        testId="disputes"
      />
    </div>
  );
}

export function Transfers() {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  const { nameOf } = useStaff();
  const line = (x: Transfer) => t('staff.transfer.line', { from: nameOf(x.from), to: nameOf(x.to) });
  const state = (x: Transfer) => (
    <span>
      <Tag color={x.state === 'done' ? 'success' : x.state === 'failed' || x.state === 'refused' ? 'error' : undefined}>
        {t(`staff.transfer.state.${x.state}`)}
      </Tag>
      <span className="soft small">{x.error}</span>
    </span>
  );
  const acts = (x: Transfer) =>
    may('people.write') &&
    (x.state === 'asked' || x.state === 'waiting') && (
      <span className="row wrap">
        <Button size="small" onClick={() => act(() => binding.confirmTransfer(x.id))}>
          {t('staff.transfer.confirm')}
        </Button>
        {x.state === 'asked' && (
          <Button size="small" onClick={() => act(() => binding.cancelTransfer(x.id))}>
            {t('staff.transfer.cancel')}
          </Button>
        )}
      </span>
    );
  return (
    <CursorTable<Transfer>
      queryKey={['binding', 'transfers']}
      fetch={(cursor) => binding.transfers(cursor)}
      rowKey={(x) => x.id}
      columns={[
        { key: 'person', title: t('nav.peopleList'), render: (_, x) => <Link to={`/people/${x.personId}`}>{x.personId}</Link> },
        { key: 'line', title: t('staff.tab.transfers'), render: (_, x) => line(x) },
        { key: 'state', title: t('staff.state'), render: (_, x) => state(x) },
        { key: 'at', title: t('staff.when'), render: (_, x) => <Time value={x.askedAt} full /> },
        { key: 'acts', title: '', render: (_, x) => acts(x) },
      ]}
      card={(x) => (
        <div className="stack tight">
          <b>{line(x)}</b>
          {state(x)}
          {acts(x)}
        </div>
      )}
      empty={<EmptyStart title={t('staff.transfer.none')} />}
      testId="transfers"
    />
  );
}
