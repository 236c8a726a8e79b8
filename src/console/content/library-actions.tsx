import { CopyOutlined, ImportOutlined, PlusOutlined, SafetyOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { content, KINDS } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { KIND_ICON } from './item-card.tsx';

/** What is done with the library as a whole, and what of it waits. */
export function LibraryActions() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const needs = useQuery({ queryKey: ['content', 'needs'], queryFn: content.needs, staleTime: 30_000 }).data;
  return (
    <>
      <Link to="/content/review">
        <Badge count={needs?.inReview ?? 0} size="small">
          <Button icon={<SafetyOutlined />} data-testid="to-review">
            {t('content.inbox')}
          </Button>
        </Badge>
      </Link>
      <Link to="/content/twins">
        <Badge count={needs?.twins ?? 0} size="small" color="gold">
          <Button icon={<CopyOutlined />}>{t('content.twins')}</Button>
        </Badge>
      </Link>
      {may('content.write') && (
        <>
          <Link to="/content/import">
            <Button icon={<ImportOutlined />}>{t('content.import')}</Button>
          </Link>
          <Dropdown
            menu={{
              items: KINDS.map((kind) => ({ key: kind, label: t(`content.kind.${kind}`), icon: KIND_ICON[kind] })),
              onClick: ({ key }) => navigate(`/content/new?kind=${key}`),
            }}
          >
            <Button type="primary" icon={<PlusOutlined />} onClick={() => navigate('/content/new')} data-testid="new-content">
              {t('content.create')}
            </Button>
          </Dropdown>
        </>
      )}
    </>
  );
}
