import { Alert, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../ui/bits.tsx';

/** A secret that the server tells only once. */
export function SecretModal({
  title,
  warning,
  secret,
  onClose,
}: {
  title: string;
  warning: string;
  secret: string | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open={secret !== undefined}
      onCancel={onClose}
      onOk={onClose}
      okText={t('common.close')}
      cancelButtonProps={{ style: { display: 'none' } }}
      mask={{ closable: false }}
      title={title}
      data-testid="secret-modal"
    >
      <div className="stack">
        <Alert type="warning" showIcon title={warning} />
        <div className="row wrap" style={{ padding: 12, background: 'var(--wash)', borderRadius: 8 }}>
          <code className="mono grow" style={{ overflowWrap: 'anywhere' }} data-testid="secret">
            {secret}
          </code>
          <CopyButton text={secret ?? ''} testId="copy-secret" />
        </div>
      </div>
    </Modal>
  );
}
