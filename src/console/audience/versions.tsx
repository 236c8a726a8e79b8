import { HistoryOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Tag, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SavedPlace, saved, type Version } from '../api/audiences.ts';
import { Time } from '../ui/bits.tsx';
import { usePhone } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { EmptyStart, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

function Changes({ version }: { version: Version }) {
  const { named } = useLabels();
  const text = (value: unknown): string => {
    if (value === null || value === undefined) return '—';
    if (typeof value === 'object') return 'zh' in value ? named(value as never, '') : JSON.stringify(value);
    return String(value);
  };
  return (
    <>
      {version.changes.map((change) => (
        <div key={change.field} className="small" style={{ margin: '4px 0' }}>
          <span className="mono soft">{change.field}</span>
          <div style={{ textDecoration: 'line-through', opacity: 0.6 }}>{change.said ? text(change.said.from) : text(change.from)}</div>
          <div>{change.said ? text(change.said.to) : text(change.to)}</div>
        </div>
      ))}
    </>
  );
}

function List({ place, may, onDone }: { place: SavedPlace; may: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const query = useQuery({ queryKey: ['versions', place], queryFn: () => saved.versions(place) });
  const restore = async (version: number) => {
    try {
      await saved.restore(place, version);
      for (const key of ['versions', 'definitions', 'audiences', 'tag']) await client.invalidateQueries({ queryKey: [key] });
      say.done(t('audience.versions.restored', { n: version }));
      onDone();
    } catch (error) {
      say.failed(error);
    }
  };
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (!query.data.items.length) return <EmptyStart title={t('audience.versions.none')} />;
  return (
    <Timeline
      items={query.data.items.map((version, i) => ({
        key: version.version,
        content: (
          <div className="stack tight" data-testid={`version-${version.version}`}>
            <div className="row wrap between">
              <span>
                <b>v{version.version}</b> <Tag>{t(`audience.versions.by_${version.action}`)}</Tag>
                <span className="soft small">
                  {version.by?.name ?? ''} · <Time value={version.at} />
                </span>
              </span>
              {i > 0 && may && version.action !== 'deleted' && (
                <Button size="small" onClick={() => void restore(version.version)}>
                  {t('audience.versions.restore')}
                </Button>
              )}
            </div>
            <Changes version={version} />
          </div>
        ),
      }))}
    />
  );
}

/** Who saved what when, what changed, and the way back. */
export function Versions({ place, may }: { place: SavedPlace; may: boolean }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" icon={<HistoryOutlined />} onClick={() => setOpen(true)} data-testid="versions">
        {t('audience.versions.title')}
      </Button>
      <Drawer open={open} onClose={() => setOpen(false)} size={phone ? '100%' : 520} title={t('audience.versions.title')} destroyOnHidden>
        <List place={place} may={may} onDone={() => setOpen(false)} />
      </Drawer>
    </>
  );
}
