import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Tag, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { type ContentItem, content } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** All that an item was, who made it so, and the way back. */
export function VersionsDrawer({ item, open, onClose }: { item: ContentItem; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['content', item.id, 'versions', item.version],
    queryFn: () => content.versions(item.id),
    enabled: open,
  });
  const restore = async (version: number) => {
    try {
      await content.restore(item.id, version);
      await client.invalidateQueries({ queryKey: ['content'] });
      say.done(t('content.restored', { n: version }));
      onClose();
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Drawer open={open} onClose={onClose} title={t('content.versions')} size="large" data-testid="versions-drawer">
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      <Timeline
        items={(query.data?.items ?? []).map((one) => ({
          key: one.version,
          content: (
            <div className="stack tight">
              <div className="row between">
                <span style={{ fontWeight: 600 }}>{t('content.versionN', { n: one.version })}</span>
                {one.version === item.version ? (
                  <Tag style={{ marginInlineEnd: 0 }}>{t('content.versionNow')}</Tag>
                ) : (
                  may('content.write') && (
                    <Button size="small" onClick={() => restore(one.version)} data-testid={`restore-${one.version}`}>
                      {t('content.restore')}
                    </Button>
                  )
                )}
              </div>
              <span className="soft small">
                <Time value={one.at} full /> {one.by && `· ${one.by}`}
              </span>
              {one.changed.length > 0 && (
                <span className="small">
                  {t('content.changed', { what: one.changed.map((key) => t(`content.field.${key}`, key)).join(t('content.and')) })}
                </span>
              )}
              <div className="soft small" style={{ whiteSpace: 'pre-line', maxHeight: 90, overflow: 'hidden' }}>
                {one.item.body}
              </div>
            </div>
          ),
        }))}
      />
    </Drawer>
  );
}
