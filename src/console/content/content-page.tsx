import { DeleteOutlined, FileTextOutlined, LinkOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Segmented, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ContentItem, content, PURPOSES } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { useContents } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';

const STARTERS = ['welcome', 'second', 'silent'] as const;

function Starters() {
  const { t } = useTranslation();
  return (
    <>
      {STARTERS.map((one) => (
        <Link key={one} to={`/content/new?starter=${one}`}>
          <Button size="small">{t(`content.starter.${one}`)}</Button>
        </Link>
      ))}
    </>
  );
}

export default function ContentPage() {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const say = useSay();
  const undo = useUndo();
  const [read, write] = useUrl();
  const query = useContents();
  const word = (read('q') ?? '').toLowerCase();
  const purpose = read('purpose') ?? '';
  const rows = (query.data?.items ?? []).filter(
    (one) => (!purpose || one.purpose === purpose) && `${one.name} ${one.body}`.toLowerCase().includes(word),
  );

  const drop = async (one: ContentItem) => {
    const refresh = () => client.invalidateQueries({ queryKey: ['content'] });
    try {
      await content.remove(one.id);
      await refresh();
      undo(t('common.deleted', { name: one.name }), async () => {
        await content.create({ name: one.name, body: one.body, purpose: one.purpose, link: one.link }).catch(say.failed);
        await refresh();
      });
    } catch (error) {
      say.failed(error);
    }
  };

  return (
    <Page
      title={t('content.title')}
      question={t('content.question')}
      testId="content-page"
      extra={
        may('content.write') && (
          <Link to="/content/new">
            <Button type="primary" icon={<PlusOutlined />} data-testid="new-content">
              {t('content.create')}
            </Button>
          </Link>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.isSuccess && !query.data.items.length && (
        <EmptyStart icon={<FileTextOutlined />} title={t('content.emptyTitle')} text={t('content.emptyText')} action={<Starters />} />
      )}
      {query.isSuccess && query.data.items.length > 0 && (
        <div className="stack loose">
          <div className="row wrap">
            <Input.Search
              allowClear
              defaultValue={read('q')}
              placeholder={t('content.search')}
              style={{ maxWidth: 280 }}
              onChange={(event) => write({ q: event.target.value })}
            />
            <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
              <Segmented
                value={purpose}
                onChange={(next) => write({ purpose: next })}
                options={[
                  { value: '', label: t('common.all') },
                  ...PURPOSES.map((one) => ({ value: one as string, label: t(`common.purpose.${one}`) })),
                ]}
              />
            </div>
          </div>
          {!rows.length && <EmptyStart title={t('content.noneFit')} />}
          <div
            style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 300px), 1fr))' }}
            data-testid="content-cards"
          >
            {rows.map((one) => (
              <Card key={one.id} size="small" styles={{ body: { height: '100%' } }}>
                <div className="stack" style={{ height: '100%', justifyContent: 'space-between' }}>
                  <div className="stack tight">
                    <div className="row between">
                      <Link to={`/content/${one.id}`} className="clip" style={{ fontWeight: 600 }}>
                        {one.name}
                      </Link>
                      {one.purpose && <Tag style={{ marginInlineEnd: 0 }}>{t(`common.purpose.${one.purpose}`)}</Tag>}
                    </div>
                    <div
                      className="soft"
                      style={{
                        whiteSpace: 'pre-line',
                        overflow: 'hidden',
                        display: '-webkit-box',
                        WebkitLineClamp: 4,
                        WebkitBoxOrient: 'vertical',
                      }}
                    >
                      {one.body}
                    </div>
                    {one.link && (
                      <div className="small clip soft">
                        <LinkOutlined /> {one.link.title || one.link.url}
                      </div>
                    )}
                  </div>
                  <div className="row between soft small">
                    <span>
                      {t('content.updated')} <Time value={one.updatedAt ?? one.createdAt} />
                    </span>
                    {may('content.write') && (
                      <Button
                        type="text"
                        size="small"
                        icon={<DeleteOutlined />}
                        aria-label={t('common.delete')}
                        onClick={() => drop(one)}
                      />
                    )}
                  </div>
                </div>
              </Card>
            ))}
          </div>
        </div>
      )}
    </Page>
  );
}
