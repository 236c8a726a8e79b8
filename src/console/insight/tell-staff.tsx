import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { handOut } from '../api/binding.ts';
import { useMay } from '../shell/session.tsx';
import { useSay } from '../ui/undo.tsx';

/** Customers to be seen to now, handed to whom they are bound to. */
export function TellStaff({ people, all }: { people: { id: string; text: string }[]; all?: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const may = useMay();
  const [busy, setBusy] = useState(false);
  if (!may('messages.write')) return null;
  const tell = async () => {
    setBusy(true);
    try {
      const { set, already, unbound, untold } = await handOut(people, { title: t('heat.tellTitle'), text: t('heat.tellText') });
      if (set.length > 0) say.done(t('heat.told', { n: set.length }));
      else if (already.length > 0) say.done(t('heat.toldAlready'));
      if (unbound.length > 0) say.failed(new Error(t('heat.toldUnbound', { n: unbound.length })));
      if (untold.length > 0) say.failed(new Error(t('heat.untold', { why: untold[0]?.reason })));
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Popconfirm title={t('heat.tellAsk')} onConfirm={tell} styles={{ root: { maxWidth: 320 } }}>
      <Button size="small" loading={busy} data-testid={all ? 'tell-all' : 'tell-one'}>
        {t(all ? 'heat.tellAll' : 'heat.tell')}
      </Button>
    </Popconfirm>
  );
}
