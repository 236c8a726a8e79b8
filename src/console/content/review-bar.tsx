import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ContentItem, content, type ReviewAct } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { useSay } from '../ui/undo.tsx';
import { ReviewTag } from './bits.tsx';

/** Where the review is, and the steps that follow from there. */
export function ReviewBar({ item, dirty }: { item: ContentItem; dirty: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [rejecting, setRejecting] = useState(false);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState<ReviewAct>();
  const act = async (what: ReviewAct) => {
    setBusy(what);
    try {
      await content.review(item.id, what, item.version, note);
      await client.invalidateQueries({ queryKey: ['content'] });
      setRejecting(false);
      setNote('');
      say.done(t(`content.did.${what}`));
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(undefined);
    }
  };
  const button = (what: ReviewAct, type: 'primary' | 'default' = 'default') => (
    <Button
      size="small"
      type={type}
      danger={what === 'reject'}
      loading={busy === what}
      disabled={dirty}
      onClick={() => (what === 'reject' ? setRejecting(true) : act(what))}
      data-testid={`review-${what}`}
    >
      {t(`content.act.${what}`)}
    </Button>
  );
  const { state, by, note: said } = item.review;
  return (
    <div className="row wrap" data-testid="review-bar">
      <ReviewTag state={state} />
      {by && <span className="soft small">{by}</span>}
      {said && <span className="small">“{said}”</span>}
      {may('content.write') && (state === 'draft' || state === 'rejected') && button('submit')}
      {may('content.write') && state === 'in_review' && button('withdraw')}
      {may('content.approve') && state !== 'approved' && button('approve', 'primary')}
      {may('content.approve') && (state === 'in_review' || state === 'approved') && button('reject')}
      <Modal
        open={rejecting}
        title={t('content.act.reject')}
        okText={t('content.act.reject')}
        okButtonProps={{ danger: true, disabled: !note.trim(), loading: busy === 'reject' }}
        onCancel={() => setRejecting(false)}
        onOk={() => act('reject')}
      >
        <Input.TextArea
          value={note}
          rows={3}
          maxLength={1000}
          placeholder={t('content.rejectNote')}
          onChange={(event) => setNote(event.target.value)}
          data-testid="review-note"
        />
      </Modal>
    </div>
  );
}
