import { CopyOutlined, HistoryOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { Person } from '../../api/people.ts';
import { type Poster, type PosterDoc, type PosterLayer, posters } from '../../api/posters.ts';
import { useMay } from '../../shell/session.tsx';
import { Time } from '../../ui/bits.tsx';
import { DraftNotice } from '../../ui/draft-notice.tsx';
import { useDebounced, useDraft } from '../../ui/hooks.ts';
import { Loading, Page } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay } from '../../ui/undo.tsx';
import { PersonPicker } from '../person-picker.tsx';
import { BatchesCard } from './batches-card.tsx';
import { DocFields } from './doc-fields.tsx';
import { Field } from './fields.tsx';
import { LayerFields } from './layer-fields.tsx';
import { LayerList } from './layer-list.tsx';
import { Notes } from './notes-card.tsx';
import { SharersCard } from './sharers-card.tsx';
import { Stage } from './stage.tsx';

const previewWidth = 600;
interface Draft {
  name: string;
  key: string;
  doc: PosterDoc;
}

export default function PosterPage() {
  const { id = '' } = useParams();
  const query = useQuery({ queryKey: ['posters', id], queryFn: () => posters.get(id) });
  return (
    <Page title={query.data?.name ?? '…'} testId="poster-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && <Editor key={query.data.version} saved={query.data} />}
    </Page>
  );
}

function Editor({ saved }: { saved: Poster }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const first: Draft = { name: saved.name, key: saved.key ?? '', doc: saved.doc };
  const draft = useDraft<Draft>(`poster.${saved.id}`, first);
  const [chosen, setChosen] = useState<string>();
  const [person, setPerson] = useState<Person>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [history, setHistory] = useState(false);
  const { name, key, doc } = draft.value;
  const setDoc = (change: Partial<PosterDoc>) => draft.change({ ...draft.value, doc: { ...doc, ...change } });
  const setLayer = (id: string, change: Record<string, unknown>) =>
    setDoc({ layers: doc.layers.map((layer) => (layer.id === id ? ({ ...layer, ...change } as PosterLayer) : layer)) });
  const layer = doc.layers.find((one) => one.id === chosen);

  const asked = useDebounced(JSON.stringify(doc), 250);
  const preview = useQuery({
    queryKey: ['posters', 'preview', asked, person?.id],
    queryFn: ({ signal }) =>
      posters.preview({ doc: JSON.parse(asked) as PosterDoc, personId: person?.id, width: Math.min(previewWidth, 1080) }, signal),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 30_000,
  });
  const notes = preview.data?.notes ?? saved.notes;

  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      await posters.change(saved.id, { name, key: key.trim() || null, doc, version: saved.version });
      draft.clear(draft.value);
      await client.invalidateQueries({ queryKey: ['posters'] });
      say.saved();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const copy = async () => {
    if (!person) return;
    try {
      await navigator.clipboard.writeText((await posters.link(saved.id, person.id)).url);
      say.done(t('poster.copied'));
    } catch (error) {
      say.failed(error);
    }
  };
  const form = `{{ person.posters.${key.trim() || 'invite'} }}`;

  return (
    <div className="stack">
      <DraftNotice draft={draft} saved={first} />
      {failed !== undefined && <ProblemView error={failed} />}
      <div className="row wrap">
        <Field label={t('poster.name')}>
          <Input
            value={name}
            maxLength={120}
            onChange={(event) => draft.change({ ...draft.value, name: event.target.value })}
            data-testid="poster-name"
          />
        </Field>
        <Field label={t('poster.key')}>
          <Input
            value={key}
            maxLength={40}
            className="mono"
            placeholder="invite"
            onChange={(event) => draft.change({ ...draft.value, key: event.target.value })}
          />
        </Field>
        <div className="row" style={{ alignSelf: 'end' }}>
          <Button
            type="primary"
            onClick={save}
            loading={busy}
            disabled={!may('content.write') || !draft.dirty || name.trim() === ''}
            data-testid="save-poster"
          >
            {t('common.save')}
          </Button>
          <Button icon={<HistoryOutlined />} onClick={() => setHistory(true)}>
            {t('poster.batch.version', { n: saved.version })}
          </Button>
        </div>
      </div>
      <span className="soft small">{t('poster.keyHint', { form, interpolation: { escapeValue: false } })}</span>
      <div className="grid side">
        <div className="stack" style={{ minWidth: 0 }}>
          <div style={{ width: '100%', maxWidth: doc.height > doc.width * 1.5 ? 400 : 520, marginInline: 'auto' }}>
            <Stage
              doc={doc}
              picture={preview.data?.picture}
              busy={preview.isFetching}
              chosen={chosen}
              onChoose={setChosen}
              onPlace={(id, place) => setLayer(id, place)}
            />
          </div>
          <span className="soft small" style={{ textAlign: 'center' }}>
            {t('poster.dragHint')}
          </span>
          <Card size="small" title={t('poster.previewAs')}>
            <div className="stack">
              <PersonPicker value={person} onChange={setPerson} none={t('poster.previewNobody')} />
              {person && <span className="soft small">{t('poster.masked')}</span>}
              {person && may('content.write') && (
                <Button icon={<CopyOutlined />} onClick={copy} disabled={draft.dirty}>
                  {t('poster.ownLink')}
                </Button>
              )}
            </div>
          </Card>
        </div>
        <div className="stack" style={{ minWidth: 0 }}>
          {preview.isError ? <ProblemView error={preview.error} /> : <Notes notes={notes} onChoose={setChosen} />}
          <LayerList
            doc={doc}
            chosen={chosen}
            grave={new Set(notes.filter((note) => note.grave).map((note) => note.layer))}
            onChoose={setChosen}
            onLayers={(layers) => setDoc({ layers })}
          />
          {layer && (
            <Card size="small" title={t(`poster.type.${layer.type}`)} key={layer.id}>
              <LayerFields layer={layer} set={(change) => setLayer(layer.id, change)} />
            </Card>
          )}
          <DocFields doc={doc} set={setDoc} />
          {saved.doc.leadsTo && 'touchpointId' in saved.doc.leadsTo && <SharersCard touchpointId={saved.doc.leadsTo.touchpointId} />}
          <BatchesCard posterId={saved.id} dirty={draft.dirty} />
        </div>
      </div>
      <History saved={saved} open={history} onClose={() => setHistory(false)} />
    </div>
  );
}

function History({ saved, open, onClose }: { saved: Poster; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['posters', saved.id, 'versions', saved.version],
    queryFn: () => posters.versions(saved.id),
    enabled: open,
  });
  const restore = async (version: number) => {
    try {
      await posters.restore(saved.id, version);
      await client.invalidateQueries({ queryKey: ['posters'] });
      onClose();
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Drawer open={open} onClose={onClose} title={t('poster.versions')}>
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      <div className="stack">
        {query.data?.items.map((one) => (
          <div key={one.version} className="row between">
            <span>
              {t('poster.batch.version', { n: one.version })}{' '}
              <span className="soft small">
                <Time value={one.at} full /> {one.by && `· ${one.by}`}
              </span>
            </span>
            {one.version !== saved.version && may('content.write') && (
              <Button size="small" onClick={() => restore(one.version)}>
                {t('content.restore')}
              </Button>
            )}
          </div>
        ))}
      </div>
    </Drawer>
  );
}
