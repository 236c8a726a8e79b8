import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { staff, type TakenIn } from '../api/binding.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useStaff } from './bits.tsx';

/** A list of staff from a file or pasted: looked at first, then taken in. */
export function TakeInDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [whole, setWhole] = useState(false);
  const [outcome, setOutcome] = useState<TakenIn>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const change = (next: string) => {
    setText(next);
    setOutcome(undefined);
    setError(undefined);
  };
  const go = async (apply: boolean) => {
    setBusy(true);
    setError(undefined);
    try {
      setOutcome(await staff.takeIn(text, whole, apply));
      if (!apply) return;
      await client.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Drawer open onClose={onClose} size={560} title={t('staff.import')}>
      <div className="stack">
        <span className="soft">{t('staff.importHint')}</span>
        <input
          type="file"
          accept=".csv,.tsv,.txt"
          aria-label={t('staff.import')}
          data-testid="staff-file"
          onChange={async (event) => change((await event.target.files?.[0]?.text()) ?? '')}
        />
        <Input.TextArea
          value={text}
          onChange={(event) => change(event.target.value)}
          autoSize={{ minRows: 6, maxRows: 14 }}
          placeholder={'账号,姓名,部门,门店,城市\nlixiaoyu,李小渔,总部/华东,南京路店,上海'}
          aria-label={t('staff.import')}
          className="mono"
          data-testid="staff-text"
        />
        <Checkbox
          checked={whole}
          onChange={(event) => {
            setWhole(event.target.checked);
            setOutcome(undefined);
          }}
        >
          {t('staff.whole')}
        </Checkbox>
        {error !== undefined && <ProblemView error={error} compact />}
        {outcome && <Outcome outcome={outcome} />}
        <div className="row">
          <Button disabled={!text.trim()} loading={busy} onClick={() => go(false)} data-testid="staff-try">
            {t('staff.tryIt')}
          </Button>
          <Button type="primary" disabled={!outcome} loading={busy} onClick={() => go(true)} data-testid="staff-apply">
            {t('staff.apply')}
          </Button>
        </div>
      </div>
    </Drawer>
  );
}

export function Outcome({ outcome }: { outcome: TakenIn }) {
  const { t } = useTranslation();
  const { nameOf } = useStaff();
  const { units, staff: people, orphans } = outcome;
  return (
    <Alert
      type={orphans.length > 0 ? 'warning' : 'success'}
      showIcon
      data-testid="staff-outcome"
      title={t('staff.outcome', { unitsAdded: units.added, unitsChanged: units.changed, unitsGone: units.gone, ...people })}
      description={orphans.length > 0 && t('staff.orphans', { names: orphans.map(nameOf).join('、') })}
    />
  );
}
