import {
  AudioOutlined,
  FileTextOutlined,
  LinkOutlined,
  MessageOutlined,
  MobileOutlined,
  PictureOutlined,
  PlayCircleOutlined,
  QuestionCircleOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons';
import { Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ContentKind, type FoundItem, faceOf, thumbAddress } from '../api/content.ts';
import { Time } from '../ui/bits.tsx';
import { Marked, ReviewTag, RightsTag } from './bits.tsx';
import { useFacetName } from './facets.tsx';

export const KIND_ICON: Record<ContentKind, ReactNode> = {
  text: <MessageOutlined />,
  image: <PictureOutlined />,
  video: <PlayCircleOutlined />,
  audio: <AudioOutlined />,
  article: <FileTextOutlined />,
  h5: <LinkOutlined />,
  mini_program: <MobileOutlined />,
  qa: <QuestionCircleOutlined />,
  live: <VideoCameraOutlined />,
};

export function ItemFace({ item, height }: { item: FoundItem; height: number }) {
  const face = faceOf(item);
  if (face)
    return <img src={thumbAddress(face)} alt="" loading="lazy" style={{ width: '100%', height, objectFit: 'cover', display: 'block' }} />;
  return (
    <div
      style={{ height, background: 'var(--wash)', display: 'grid', placeItems: 'center', fontSize: 28, color: 'var(--soft)' }}
      aria-hidden
    >
      {KIND_ICON[item.kind]}
    </div>
  );
}

export function ItemCard({ item, effect, actions }: { item: FoundItem; effect: ReactNode; actions: ReactNode }) {
  const { t } = useTranslation();
  const name = useFacetName();
  return (
    <Card size="small" styles={{ body: { height: '100%', padding: 0 } }} style={{ overflow: 'hidden' }} data-testid="content-card">
      <div className="stack" style={{ height: '100%', gap: 0 }}>
        {item.kind !== 'text' && <ItemFace item={item} height={132} />}
        <div className="stack tight grow" style={{ padding: 12 }}>
          <div className="row between">
            <Link to={`/content/${item.id}`} className="clip" style={{ fontWeight: 600 }}>
              <Marked pieces={item.highlight?.name} plain={item.name} />
            </Link>
            <ReviewTag state={item.review.state} />
          </div>
          <div
            className="soft"
            style={{ overflow: 'hidden', display: '-webkit-box', WebkitLineClamp: 3, WebkitBoxOrient: 'vertical', minHeight: 22 }}
          >
            <Marked pieces={item.highlight?.words} plain={item.body} />
          </div>
          <div className="row wrap" style={{ gap: 4 }}>
            <Tag style={{ marginInlineEnd: 0 }} icon={KIND_ICON[item.kind]}>
              {t(`content.kind.${item.kind}`)}
            </Tag>
            <RightsTag rights={item.rights} />
            {item.answers.map((one) => (
              <Tag key={one} color="blue" style={{ marginInlineEnd: 0 }}>
                {t(`content.answer.${one}`)}
              </Tag>
            ))}
            {[...item.scenes, ...item.topics].slice(0, 3).map((one) => (
              <Tag key={one} variant="filled" style={{ marginInlineEnd: 0 }}>
                {name('scene', one)}
              </Tag>
            ))}
          </div>
        </div>
        <div className="stack tight" style={{ padding: '0 12px 8px' }}>
          {effect}
          <div className="row between soft small">
            <span className="clip">
              <Time value={item.updatedAt} /> {item.updatedBy && `· ${item.updatedBy}`}
            </span>
            {actions}
          </div>
        </div>
      </div>
    </Card>
  );
}
