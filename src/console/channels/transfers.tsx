import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Popconfirm, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Transfer, transfers } from '../api/pay.ts';
import { useMay } from '../shell/session.tsx';
import { PersonLink, Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';

type State = Transfer['state'];
/** How each state is shown, and whether what is in it can be asked back. */
const STATES: Record<State, { colour?: string; open?: true }> = {
  queued: { open: true },
  calling: { open: true },
  in_doubt: { colour: 'warning', open: true },
  held: { colour: 'error', open: true },
  waiting_user: { colour: 'processing', open: true },
  processing: { open: true },
  cancelling: {},
  paid: { colour: 'success' },
  failed: { colour: 'error' },
  cancelled: {},
};
/** What lasts but a moment is not asked for. */
const SHOWN = (Object.keys(STATES) as State[]).filter((state) => state !== 'calling');

/** Money that went out, or waits: in a drawer beside the settings. */
export function Transfers() {
  const { t } = useTranslation();
  const { fen } = useFormat();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [state, setState] = useState<string>();
  const cancel = async (one: Transfer) => {
    try {
      await transfers.cancel(one.id);
      await client.invalidateQueries({ queryKey: ['transfers'] });
      say.done(t('message.pay.cancelAsked'));
    } catch (error) {
      say.failed(error);
    }
  };
  const tag = (one: Transfer) => (
    <span className="row wrap" style={{ gap: 4 }}>
      <Tag color={STATES[one.state].colour} style={{ marginInlineEnd: 0 }}>
        {t(`message.pay.state.${one.state}`)}
      </Tag>
      {one.why && <span className="soft">{one.why}</span>}
    </span>
  );
  const act = (one: Transfer) =>
    may('channels.write') &&
    STATES[one.state].open && (
      <Popconfirm title={t('message.pay.cancelAsk')} onConfirm={() => cancel(one)}>
        <Button size="small" type="link" data-testid="transfer-cancel">
          {t('message.pay.cancel')}
        </Button>
      </Popconfirm>
    );
  return (
    <>
      <Button onClick={() => setOpen(true)} data-testid="transfers-open">
        {t('message.pay.transfers')}
      </Button>
      <Drawer title={t('message.pay.transfers')} open={open} onClose={() => setOpen(false)} size="min(920px, 100vw)" destroyOnHidden>
        <div className="stack" data-testid="transfers">
          <Select
            allowClear
            placeholder={t('message.allStates')}
            value={state}
            onChange={setState}
            style={{ width: 160 }}
            options={SHOWN.map((value) => ({ value, label: t(`message.pay.state.${value}`) }))}
          />
          <CursorTable<Transfer>
            testId="transfers-table"
            queryKey={['transfers', state]}
            fetch={(cursor) => transfers.list({ ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) })}
            rowKey={(one) => one.id}
            refetchInterval={15_000}
            width={820}
            empty={<span className="soft">{t('message.pay.none')}</span>}
            columns={[
              { title: t('message.person'), key: 'person', width: 160, render: (_, one) => <PersonLink person={one.person} /> },
              { title: t('message.pay.amount'), key: 'amount', width: 100, align: 'right', render: (_, one) => fen(one.amountFen) },
              { title: t('message.pay.reason'), key: 'reason', width: 160, ellipsis: true, dataIndex: 'reason' },
              { title: t('message.state_'), key: 'state', width: 200, render: (_, one) => tag(one) },
              { title: t('message.pay.at'), key: 'at', width: 120, render: (_, one) => <Time value={one.endedAt ?? one.createdAt} /> },
              { title: '', key: 'act', width: 80, render: (_, one) => act(one) },
            ]}
            card={(one) => (
              <div className="stack" style={{ gap: 4 }}>
                <span className="row wrap">
                  <PersonLink person={one.person} /> <b>{fen(one.amountFen)}</b> {act(one)}
                </span>
                {tag(one)}
                <span className="soft">
                  {one.reason} · <Time value={one.endedAt ?? one.createdAt} />
                </span>
              </div>
            )}
          />
        </div>
      </Drawer>
    </>
  );
}
