import { DeleteOutlined, FileImageOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Drawer, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { type Poster, type PosterDoc, posters } from '../../api/posters.ts';
import { languageNow } from '../../i18n/index.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { EmptyStart, Loading, Page } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay, useUndo } from '../../ui/undo.tsx';
import { blankDoc } from './blank.ts';
import { PosterPicture } from './poster-picture.tsx';

const CARDS = { display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fill, minmax(160px, 1fr))' } as const;

export default function PostersPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [starting, setStarting] = useState(false);
  const query = useQuery({ queryKey: ['posters'], queryFn: posters.list });
  const start = may('content.write') && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setStarting(true)} data-testid="new-poster">
      {t('poster.create')}
    </Button>
  );
  return (
    <Page title={t('poster.title')} question={t('poster.question')} testId="posters-page" extra={start}>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data?.items.length === 0 && (
        <EmptyStart icon={<FileImageOutlined />} title={t('poster.emptyTitle')} text={t('poster.emptyText')} action={start} />
      )}
      <div style={CARDS}>
        {query.data?.items.map((one) => (
          <PosterCard key={one.id} poster={one} />
        ))}
      </div>
      <StartDrawer open={starting} onClose={() => setStarting(false)} />
    </Page>
  );
}

function PosterCard({ poster }: { poster: Poster }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const grave = poster.notes.filter((note) => note.grave).length;
  const drop = async () => {
    try {
      await posters.remove(poster.id);
      await client.invalidateQueries({ queryKey: ['posters'] });
      undo(t('common.deleted', { name: poster.name }), async () => {
        await posters.create({ name: poster.name, key: poster.key, doc: poster.doc }).catch(say.failed);
        await client.invalidateQueries({ queryKey: ['posters'] });
      });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Card size="small" styles={{ body: { padding: 0 } }} style={{ overflow: 'hidden' }} data-testid="poster-card">
      <Link to={`/posters/${poster.id}`} aria-label={poster.name}>
        <PosterPicture id={poster.id} version={poster.version} height={220} />
      </Link>
      <div className="stack tight" style={{ padding: 12 }}>
        <Link to={`/posters/${poster.id}`} className="clip" style={{ fontWeight: 600 }}>
          {poster.name}
        </Link>
        <div className="row between">
          <span className="soft small">
            <Time value={poster.updatedAt} />
          </span>
          {may('content.write') && (
            <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('common.delete')} onClick={drop} />
          )}
        </div>
        {grave > 0 && (
          <div>
            <Tag color="error">{t('poster.faults', { n: grave })}</Tag>
          </div>
        )}
      </div>
    </Card>
  );
}

function StartDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const ready = useQuery({ queryKey: ['posters', 'ready'], queryFn: posters.ready, enabled: open, staleTime: Number.POSITIVE_INFINITY });
  const begin = async (name: string, doc: PosterDoc) => {
    try {
      const made = await posters.create({ name, key: null, doc });
      await client.invalidateQueries({ queryKey: ['posters'] });
      navigate(`/posters/${made.id}`);
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Drawer open={open} onClose={onClose} size="large" title={t('poster.begin')}>
      {ready.isPending && <Loading />}
      {ready.isError && <ProblemView error={ready.error} retry={() => ready.refetch()} />}
      <div style={CARDS}>
        {ready.data?.items.map((one) => (
          <ReadyCard
            key={one.key}
            name={one.name[languageNow() === 'en' ? 'en' : 'zh']}
            doc={one.doc}
            onPick={begin}
            testId={`ready-${one.key}`}
          />
        ))}
        {ready.data && <ReadyCard name={t('poster.blank')} doc={blankDoc()} onPick={begin} testId="ready-blank" />}
      </div>
    </Drawer>
  );
}

function ReadyCard(props: { name: string; doc: PosterDoc; onPick: (name: string, doc: PosterDoc) => Promise<void>; testId: string }) {
  const { name, doc, onPick } = props;
  const [busy, setBusy] = useState(false);
  const picture = useQuery({
    queryKey: ['posters', 'ready', props.testId],
    queryFn: () => posters.preview({ doc, width: 240 }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const pick = () => {
    setBusy(true);
    void onPick(name, doc).finally(() => setBusy(false));
  };
  return (
    <button type="button" className="linklike" onClick={pick} disabled={busy} data-testid={props.testId} style={{ textAlign: 'center' }}>
      <div style={{ height: 230, background: 'var(--wash)', display: 'grid', placeItems: 'center', borderRadius: 8, overflow: 'hidden' }}>
        {picture.data && <img src={picture.data.picture} alt="" style={{ maxWidth: '100%', maxHeight: 230, display: 'block' }} />}
      </div>
      <div style={{ padding: 6 }}>{name}</div>
    </button>
  );
}
