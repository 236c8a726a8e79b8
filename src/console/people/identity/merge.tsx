import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { identity } from '../../api/identity.ts';
import { people } from '../../api/people.ts';
import { PersonLink } from '../../ui/bits.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay } from '../../ui/undo.tsx';

/** Makes another person part of this one, and says first what stands against it. */
export function MergeButton({ personId, other, size }: { personId: string; other?: string; size?: 'small' }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...(size ? { size } : {})} onClick={() => setOpen(true)} data-testid="merge-person">
        {t('identity.merge')}
      </Button>
      {open && <MergeDialog personId={personId} other={other} onClose={() => setOpen(false)} />}
    </>
  );
}

function MergeDialog({ personId, other, onClose }: { personId: string; other: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [text, setText] = useState(other ?? '');
  const [asked, setAsked] = useState(other ?? '');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const found = useQuery({
    queryKey: ['identity', 'merge', personId, asked],
    enabled: asked !== '',
    queryFn: async () => {
      const person = asked.startsWith('p_') ? await people.get(asked) : (await people.list({ externalId: asked, limit: 1 })).items[0];
      return person && person.id !== personId ? { person, against: await identity.hindrances(personId, person.id) } : null;
    },
  });
  const against = found.data?.against;
  const hindered = against !== undefined && (against.apart || against.limits.length > 0);
  const merge = async () => {
    setBusy(true);
    try {
      await identity.merge(personId, found.data!.person.id, hindered, reason.trim());
      say.done(t('identity.mergeDone'));
      onClose();
      await Promise.all([client.invalidateQueries({ queryKey: ['identity'] }), client.invalidateQueries({ queryKey: ['person'] })]);
    } catch (error) {
      say.failed(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t('identity.mergeTitle')}
      onCancel={onClose}
      okText={hindered ? t('identity.mergeForce') : t('identity.merge')}
      okButtonProps={{ danger: hindered, disabled: !found.data, loading: busy }}
      onOk={merge}
    >
      <div className="stack" data-testid="merge-dialog">
        <Input.Search
          value={text}
          placeholder={t('identity.mergeWith')}
          enterButton={t('identity.check')}
          loading={found.isFetching}
          onChange={(e) => setText(e.target.value)}
          onSearch={(value) => setAsked(value.trim())}
        />
        {found.isError && <ProblemView error={found.error} compact />}
        {found.data === null && <span className="warn">{t('identity.mergeNobody')}</span>}
        {found.data && (
          <>
            <PersonLink person={found.data.person} sub={found.data.person.id} />
            {!hindered && <span className="soft">{t('identity.mergeFree')}</span>}
            {against?.apart && <span className="warn">{t('identity.mergeApart')}</span>}
            {against?.limits.map(({ type, values, most }) => (
              <span key={type} className="warn">
                {t('identity.mergeLimit', { type, count: values.length, most })}
              </span>
            ))}
            <Input.TextArea
              value={reason}
              onChange={(e) => setReason(e.target.value)}
              placeholder={t('identity.because')}
              maxLength={500}
              rows={2}
            />
          </>
        )}
      </div>
    </Modal>
  );
}
