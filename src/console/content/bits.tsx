import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ContentItem } from '../api/content.ts';
import { useFormat } from '../ui/format.ts';

const COLOR = { draft: 'default', in_review: 'processing', approved: 'success', rejected: 'error' } as const;

export function ReviewTag({ state }: { state: ContentItem['review']['state'] }) {
  const { t } = useTranslation();
  return (
    <Tag color={COLOR[state]} style={{ marginInlineEnd: 0 }} data-testid={`review-${state}`}>
      {t(`content.review.${state}`)}
    </Tag>
  );
}

const weekMs = 7 * 86_400_000;

/** Said only where rights end soon or have ended. */
export function RightsTag({ rights }: { rights: ContentItem['rights'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!rights) return null;
  const left = Date.parse(rights.until) - Date.now();
  if (left > weekMs) return null;
  return (
    <Tag color={left <= 0 ? 'error' : 'warning'} style={{ marginInlineEnd: 0 }}>
      {left <= 0 ? t('content.rightsExpired') : t('content.rightsSoon', { day: format.day(rights.until) })}
    </Tag>
  );
}

/** A text with the places that were looked for. */
export function Marked({ pieces, plain }: { pieces: { text: string; hit: boolean }[] | undefined; plain: string }) {
  if (!pieces) return <>{plain}</>;
  let at = 0;
  return (
    <>
      {pieces.map((piece) => {
        at += piece.text.length;
        return piece.hit ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>;
      })}
    </>
  );
}
