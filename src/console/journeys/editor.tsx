import { DeleteOutlined, FlagOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Drawer, Input, InputNumber, Radio, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Purpose } from '../api/content.ts';
import { type Graph, type Journey, journeys, type NodeType } from '../api/journeys.ts';
import { PurposeSelect } from '../content/purpose-select.tsx';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { useMay } from '../shell/session.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft, usePhone } from '../ui/hooks.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { Canvas } from './canvas.tsx';
import { useFaults } from './faults.ts';
import { addBeside, addEntry, beside, connect, entriesOf, insertNode, nodeOf, removeNode, replaceNode } from './graph.ts';
import { NodeCard } from './node-card.tsx';
import { NodeForm } from './node-forms.tsx';
import { useNodeWords } from './words.ts';

/** Of a journey that says nothing of it. */
const usualPriority = 50;
/** Steps about which rules are written. */
const wide = new Set<NodeType>(['branch', 'until', 'exitRule']);

interface Draft {
  name: string;
  purpose?: Purpose;
  graph: Graph;
}

export function JourneyEditor({
  saved,
  first,
  draftKey,
  onDirty,
}: {
  saved?: Journey;
  first: Draft;
  draftKey: string;
  onDirty?: (dirty: boolean) => void;
}) {
  const { t } = useTranslation();
  const phone = usePhone();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { title } = useNodeWords();
  const draft = useDraft<Draft>(`journey.${draftKey}`, first);
  const [chosen, setChosen] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [inside, setInside] = useState<'keep' | 'move'>('keep');
  const { restored } = draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the editor opens
  useEffect(() => {
    if (restored) onDirty?.(true);
  }, []);
  const { name, purpose, graph } = draft.value;
  const faults = useFaults(graph);
  const node = chosen ? nodeOf(graph, chosen) : undefined;
  const launched = saved && saved.state !== 'draft';
  const editable = may('journeys.write') && saved?.state !== 'archived';
  const set = (change: Partial<Draft>) => {
    draft.change({ ...draft.value, ...change });
    onDirty?.(true);
  };
  const setGraph = (next: Graph) => set({ graph: next });
  const inWays = (id: string) => graph.edges.some((edge) => edge.to === id || edge.from === id);
  const goals = graph.nodes.filter((one) => beside(one) && !inWays(one.id));
  const added = ({ graph: next, id }: { graph: Graph; id: string }) => {
    setGraph(next);
    setChosen(id);
  };

  const askApproval = useAskApproval();
  const save = async () => {
    setTried(true);
    if (!name.trim()) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const body = { name: name.trim(), ...(purpose ? { purpose } : {}), graph };
      const result = saved ? await journeys.change(saved.id, launched ? { ...body, inside } : body) : await journeys.create(body);
      draft.clear(draft.value);
      onDirty?.(false);
      await client.invalidateQueries({ queryKey: ['journeys'] });
      say.saved();
      if (!saved) navigate(`/journeys/${result.id}`, { replace: true });
    } catch (error) {
      if (!askApproval(error)) setFailed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="stack">
      <DraftNotice draft={draft} saved={first} onDiscard={() => onDirty?.(false)} />
      {launched && draft.dirty && (
        <Alert
          type="warning"
          showIcon
          title={t('journey.newVersionHint')}
          description={
            <Radio.Group
              value={inside}
              onChange={(event) => setInside(event.target.value as 'keep' | 'move')}
              options={[
                { value: 'keep', label: t('journey.insideKeep') },
                { value: 'move', label: t('journey.insideMove') },
              ]}
              data-testid="inside"
            />
          }
        />
      )}
      <Card size="small">
        <div className="row wrap">
          <Input
            value={name}
            maxLength={120}
            status={tried && !name.trim() ? 'error' : undefined}
            placeholder={t('journey.namePlaceholder')}
            aria-label={t('journey.name')}
            onChange={(event) => set({ name: event.target.value })}
            style={{ maxWidth: 360, fontWeight: 500 }}
            data-testid="journey-name"
          />
          <PurposeSelect
            value={purpose}
            placeholder={t('journey.purpose')}
            onChange={(next) => set({ purpose: next })}
            testId="journey-purpose"
          />
          <Tooltip title={t('journey.priorityHint')}>
            <InputNumber
              value={graph.priority ?? usualPriority}
              min={0}
              max={100}
              disabled={!editable}
              prefix={<span className="soft small">{t('journey.priority')}</span>}
              aria-label={t('journey.priority')}
              onChange={(priority) => set({ graph: { ...graph, priority: priority ?? usualPriority } })}
              style={{ width: 130 }}
              data-testid="journey-priority"
            />
          </Tooltip>
          {editable && (
            <Button
              type={saved ? 'default' : 'primary'}
              loading={busy}
              disabled={Boolean(saved) && !draft.dirty}
              onClick={save}
              data-testid="save-journey"
            >
              {launched ? t('journey.newVersion') : t('common.save')}
            </Button>
          )}
          {faults.size > 0 ? (
            <span className="warn small" data-testid="journey-faults">
              {t('journey.launchFix', { n: faults.size })}
            </span>
          ) : (
            draft.dirty && <span className="soft small">{t('journey.unsaved')}</span>
          )}
        </div>
      </Card>
      {failed !== undefined && <ProblemView error={failed} />}
      <div className="jgoals">
        {goals.map((one) => (
          <NodeCard
            key={one.id}
            node={one}
            problems={faults.get(one.id)}
            chosen={chosen === one.id}
            style={{ width: 240 }}
            onClick={() => setChosen(one.id)}
          />
        ))}
        {editable && (
          <div className="stack tight" style={{ alignSelf: 'center' }}>
            <Button icon={<FlagOutlined />} type="dashed" onClick={() => added(addBeside(graph, 'goal'))} data-testid="add-goal">
              {t('journey.addGoal')}
            </Button>
            <Button size="small" type="text" onClick={() => added(addBeside(graph, 'exitRule'))} data-testid="add-exit-rule">
              {t('journey.addExitRule')}
            </Button>
            <Button size="small" type="text" onClick={() => added(addEntry(graph))} data-testid="add-entry">
              {t('journey.addEntry')}
            </Button>
          </div>
        )}
        {!graph.nodes.some((one) => one.type === 'goal') && (
          <span className="soft small" style={{ alignSelf: 'center' }}>
            {t('journey.noGoal')}
          </span>
        )}
      </div>
      <Canvas
        graph={graph}
        problems={faults}
        chosen={chosen}
        onChoose={setChosen}
        onInsert={
          editable
            ? (at, type) => {
                const next = insertNode(graph, at, type);
                setGraph(next.graph);
                if (type !== 'exit') setChosen(next.id);
              }
            : undefined
        }
        onConnect={editable ? (at, to) => setGraph(connect(graph, at, to)) : undefined}
      />
      <Drawer
        open={node !== undefined}
        onClose={() => setChosen(undefined)}
        size={phone ? '85%' : node && wide.has(node.type) ? 760 : 440}
        placement={phone ? 'bottom' : 'right'}
        mask={phone}
        title={node && title(node)}
        data-testid="node-drawer"
        extra={
          editable &&
          node &&
          (node.type !== 'entry' || entriesOf(graph).length > 1) && (
            <Button
              size="small"
              danger
              type="text"
              icon={<DeleteOutlined />}
              onClick={() => {
                const before = draft.value;
                setGraph(removeNode(graph, node.id));
                setChosen(undefined);
                undo(t('common.deleted', { name: title(node) }), () => set(before));
              }}
              data-testid="remove-node"
            >
              {t('journey.remove')}
            </Button>
          )
        }
      >
        {node && (
          <div className="stack">
            {faults.get(node.id)?.map((one) => (
              <span key={one} className="bad small">
                {one}
              </span>
            ))}
            <fieldset disabled={!editable} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
              <NodeForm node={node} graph={graph} onChange={(next) => setGraph(replaceNode(graph, next))} />
            </fieldset>
          </div>
        )}
      </Drawer>
    </div>
  );
}
