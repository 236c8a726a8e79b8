import { ExportOutlined, HistoryOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Tabs } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { type ContentItem, type ContentKind, content, KINDS } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft, useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { blankDraft, type Draft, draftOf, itemOf, missingIn } from './draft.ts';
import { MarkFields } from './mark-fields.tsx';
import { RadarCard } from './radar-card.tsx';
import { ReviewBar } from './review-bar.tsx';
import { TwinsNote } from './twins-note.tsx';
import { Variables } from './variables.tsx';
import { VariantsCard } from './variants-card.tsx';
import { VersionsDrawer } from './versions-drawer.tsx';
import { WordsCard } from './words-card.tsx';

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };

function Editor({ saved, first, draftKey }: { saved?: ContentItem; first: Draft; draftKey: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useSay();
  const may = useMay();
  const draft = useDraft<Draft>(`content2.${draftKey}`, first);
  const area = useRef<TextAreaRef>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [history, setHistory] = useState(false);
  const value = draft.value;
  // A picture that was being sent takes nothing back that was written meanwhile.
  const latest = useRef(value);
  latest.current = value;
  const set = (change: Partial<Draft>) => {
    latest.current = { ...latest.current, ...change };
    draft.change(latest.current);
  };

  const insert = (text: string) => {
    const box = area.current?.resizableTextArea?.textArea;
    const at = box?.selectionStart ?? value.body.length;
    const end = box?.selectionEnd ?? at;
    set({ body: value.body.slice(0, at) + text + value.body.slice(end) });
    requestAnimationFrame(() => {
      box?.focus();
      box?.setSelectionRange(at + text.length, at + text.length);
    });
  };

  const save = async () => {
    setTried(true);
    if (Object.keys(missingIn(value)).length > 0) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const body = itemOf(value);
      const result = saved ? await content.change(saved.id, { ...body, version: saved.version }) : await content.create(body);
      draft.clear(value);
      await client.invalidateQueries({ queryKey: ['content'] });
      say.saved();
      if (!saved) navigate(`/content/${result.id}`, { replace: true });
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };

  const foot = (
    <>
      {failed !== undefined && (
        <div style={{ marginBottom: 12 }}>
          <ProblemView error={failed} />
        </div>
      )}
      <div className="row wrap">
        <Button
          type="primary"
          onClick={save}
          loading={busy}
          disabled={!may('content.write') || (Boolean(saved) && !draft.dirty)}
          data-testid="save-content"
        >
          {t('common.save')}
        </Button>
        {saved && (
          <Button icon={<HistoryOutlined />} onClick={() => setHistory(true)} data-testid="content-versions">
            {t('content.versionN', { n: saved.version })}
          </Button>
        )}
        {saved?.pageUrl && (
          <Button icon={<ExportOutlined />} href={new URL(saved.pageUrl).pathname} target="_blank">
            {t('content.openPage')}
          </Button>
        )}
        {draft.dirty && <span className="soft small">{t('common.draftKept')}</span>}
      </div>
    </>
  );
  const expired = saved?.rights && Date.parse(saved.rights.until) <= Date.now();
  return (
    <div className="grid side">
      <div className="stack" style={{ minWidth: 0 }}>
        <DraftNotice draft={draft} saved={first} />
        {saved && <ReviewBar item={saved} dirty={draft.dirty} />}
        {expired && <Alert type="error" showIcon title={t('content.rightsExpiredText')} />}
        <TwinsNote draft={value} except={saved?.id} />
        <WordsCard draft={value} latest={latest} set={set} tried={tried} area={area} foot={foot} />
        <MarkFields draft={value} set={set} />
      </div>
      <div className="stack" style={{ minWidth: 0 }}>
        <VariantsCard draft={value} set={set} pageUrl={saved?.pageUrl ?? null} />
        <Variables onInsert={insert} />
      </div>
      {saved && <VersionsDrawer item={saved} open={history} onClose={() => setHistory(false)} />}
    </div>
  );
}

export default function ContentEditorPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { id = 'new' } = useParams();
  const [read, write] = useUrl();
  const isNew = id === 'new';
  const query = useQuery({ queryKey: ['content', id], queryFn: () => content.get(id), enabled: !isNew });
  const starter = read('starter');
  const kind = KINDS.find((one) => one === read('kind')) ?? ('text' as ContentKind);
  const saved = query.data;
  const editor = saved && <Editor key={saved.id + saved.version} draftKey={saved.id} saved={saved} first={draftOf(saved)} />;
  return (
    <Page title={isNew ? t('content.create') : (saved?.name ?? '…')} testId="content-editor-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {!isNew && query.isPending && <Loading />}
      {isNew && (
        <Editor
          key={`${starter ?? ''}${kind}`}
          draftKey={`new${starter ?? ''}${kind}`}
          first={starter ? blankDraft('text', t(`content.starter.${starter}`), t(`content.starterBody.${starter}`, RAW)) : blankDraft(kind)}
        />
      )}
      {saved &&
        (may('insight.read') ? (
          <Tabs
            activeKey={read('tab') ?? 'edit'}
            onChange={(tab) => write({ tab: tab === 'edit' ? null : tab })}
            items={[
              { key: 'edit', label: t('content.tab.edit'), children: editor },
              { key: 'radar', label: t('content.tab.radar'), children: <RadarCard item={saved} /> },
            ]}
          />
        ) : (
          editor
        ))}
    </Page>
  );
}
