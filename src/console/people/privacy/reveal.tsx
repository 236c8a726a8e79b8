import { Alert, Button, Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { privacy, type Revealed } from '../../api/privacy.ts';
import { CopyButton } from '../../ui/bits.tsx';
import { useSay } from '../../ui/undo.tsx';

const shownMs = 60_000;

/** Personal values in clear, for a minute, after saying why. */
export function RevealDialog({ personId, open, onClose }: { personId: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState<Revealed>();
  const close = () => {
    setShown(undefined);
    setReason('');
    onClose();
  };
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [shown]);
  const reveal = async () => {
    setBusy(true);
    try {
      setShown(await privacy.reveal(personId, [], reason.trim()));
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const lines = shown && [
    ...shown.identities.map((i) => [i.type, i.id] as const),
    ...Object.entries(shown.traits).map(
      ([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const,
    ),
    ...shown.notes.map((note) => [t('people.story.notes'), note.text] as const),
  ];
  return (
    <Modal
      open={open}
      onCancel={close}
      title={t('privacy.reveal')}
      footer={<Button onClick={close}>{t('privacy.hide')}</Button>}
      destroyOnHidden
    >
      {!lines && (
        <div className="stack">
          <Alert type="info" showIcon title={t('privacy.revealText')} />
          <Input
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder={t('privacy.reasonHint')}
            aria-label={t('privacy.reason')}
            maxLength={500}
            onPressEnter={reveal}
            data-testid="reveal-reason"
          />
          <span>
            <Button type="primary" loading={busy} onClick={reveal} data-testid="reveal-go">
              {t('privacy.reveal')}
            </Button>
          </span>
        </div>
      )}
      {lines && (
        <div className="stack tight" data-testid="revealed">
          <span className="soft small">{lines.length ? t('privacy.revealed') : t('privacy.nothing')}</span>
          {lines.map(([name, value]) => (
            <div key={`${name} ${value}`} className="row between">
              <span className="soft small mono">{name}</span>
              <span className="row mono" style={{ overflowWrap: 'anywhere' }}>
                {value} <CopyButton text={value} label="" />
              </span>
            </div>
          ))}
        </div>
      )}
    </Modal>
  );
}
