import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { identity } from '../../api/identity.ts';
import type { Person } from '../../api/people.ts';
import { useSay } from '../../ui/undo.tsx';
import { IdentityText } from './bits.tsx';

/** Chooses the identities that are somebody else. */
export function SplitDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<number[]>([]);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const split = async () => {
    setBusy(true);
    try {
      const leaving = chosen.map((at) => person.identities[at]!).map(({ type, id }) => ({ type, id }));
      const { newPerson } = await identity.split(person.id, leaving, reason.trim());
      await Promise.all([client.invalidateQueries({ queryKey: ['identity'] }), client.invalidateQueries({ queryKey: ['person'] })]);
      say.done(t('identity.splitDone'));
      onClose();
      await navigate(`/people/${newPerson.id}`);
    } catch (error) {
      say.failed(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t('identity.splitTitle')}
      onCancel={onClose}
      okText={t('identity.split')}
      okButtonProps={{ disabled: chosen.length === 0 || chosen.length === person.identities.length, loading: busy }}
      onOk={split}
    >
      <div className="stack" data-testid="split-dialog">
        <span className="soft">{t('identity.splitText')}</span>
        <Checkbox.Group value={chosen} onChange={(list) => setChosen(list as number[])}>
          <div className="stack tight">
            {person.identities.map((one, at) => (
              <Checkbox key={`${one.type}:${one.id}`} value={at}>
                <IdentityText identity={one} />
              </Checkbox>
            ))}
          </div>
        </Checkbox.Group>
        <span className="soft small">{t('identity.splitChoose')}</span>
        <Input.TextArea
          value={reason}
          onChange={(e) => setReason(e.target.value)}
          placeholder={t('identity.because')}
          maxLength={500}
          rows={2}
        />
      </div>
    </Modal>
  );
}

export function SplitButton({ person }: { person: Person }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" disabled={person.identities.length < 2} onClick={() => setOpen(true)} data-testid="split-person">
        {t('identity.split')}
      </Button>
      {open && <SplitDialog person={person} onClose={() => setOpen(false)} />}
    </>
  );
}
