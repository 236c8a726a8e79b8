import {
  Background,
  BaseEdge,
  type Connection,
  Controls,
  EdgeLabelRenderer,
  type EdgeProps,
  type Edge as FlowEdge,
  type Node as FlowNode,
  Handle,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Edge, Graph, JourneyNode, NodeType } from '../api/journeys.ts';
import { usePhone } from '../ui/hooks.ts';
import { AddButton } from './add-button.tsx';
import { branchKeys, nodeOf, targetsFor } from './graph.ts';
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, type Way } from './layout.ts';
import { NodeCard } from './node-card.tsx';
import { useNodeWords } from './words.ts';
import '@xyflow/react/dist/base.css';
import './canvas.css';

interface CanvasProps {
  graph: Graph;
  problems?: Map<string, string[]>;
  chosen?: string;
  onChoose?: (id: string) => void;
  onInsert?: (at: { from: string; branch?: string }, type: NodeType) => void;
  onConnect?: (at: { from: string; branch?: string }, to: string) => void;
  /** Numbers on a node, where results are shown. */
  foot?: (node: JourneyNode) => ReactNode;
  /** Numbers on a way. */
  wayFoot?: (edge: Edge) => ReactNode;
}
type StepData = { node: JourneyNode; keys: string[] } & Pick<CanvasProps, 'problems' | 'chosen' | 'onChoose' | 'onConnect' | 'foot'>;
type WayData = { way: Way; name: string; middle: ReactNode };

function Step({ data }: NodeProps<FlowNode<StepData>>) {
  const { node, keys, problems, chosen, onChoose, onConnect, foot } = data;
  const ways = keys.length ? keys : node.type === 'exit' || node.type === 'jump' ? [] : [''];
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={Boolean(onConnect)} />
      <NodeCard
        node={node}
        problems={problems?.get(node.id)}
        chosen={chosen === node.id}
        style={{ width: NODE_WIDTH, height: NODE_HEIGHT }}
        foot={foot?.(node)}
        onClick={() => onChoose?.(node.id)}
      />
      {ways.map((key, i) => (
        <Handle
          key={key}
          id={key}
          type="source"
          position={Position.Bottom}
          style={{ left: `${((i + 1) * 100) / (ways.length + 1)}%` }}
          isConnectable={Boolean(onConnect)}
        />
      ))}
    </>
  );
}

function WayLine({ data }: EdgeProps<FlowEdge<WayData>>) {
  if (!data) return null;
  const { way, name, middle } = data;
  const at = (place: { x: number; y: number }) => ({ left: place.x, top: place.y });
  return (
    <>
      <BaseEdge path={way.path} className={way.back ? 'jback' : undefined} />
      <EdgeLabelRenderer>
        {name && (
          <span className="jlabel" style={at(way.label)} title={name}>
            {name}
          </span>
        )}
        {middle && (
          <span className="jway nopan" style={at(way.at)}>
            {middle}
          </span>
        )}
      </EdgeLabelRenderer>
    </>
  );
}

const MARGIN = 16;
const nodeTypes = { step: Step };
const edgeTypes = { way: WayLine };

function Flow(props: CanvasProps) {
  const { graph, problems, chosen, onChoose, onInsert, onConnect, foot, wayFoot } = props;
  const { t } = useTranslation();
  const { wayName } = useNodeWords();
  const phone = usePhone();
  const flow = useReactFlow();
  const plan = useMemo(() => layoutGraph(graph), [graph]);
  const nodes: FlowNode<StepData>[] = plan.nodes.map(({ node, x, y }) => ({
    id: node.id,
    type: 'step',
    position: { x, y },
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    // What can be neither moved nor selected would let clicks through to the pane.
    style: { pointerEvents: 'all' },
    data: { node, keys: branchKeys(node), problems, chosen, onChoose, onConnect, foot },
  }));
  const edges: FlowEdge<WayData>[] = plan.ways.map((way) => {
    const { edge } = way;
    const middle =
      onInsert && !way.back ? (
        <AddButton
          key="add"
          edge={edge}
          graph={graph}
          onInsert={(type) => onInsert(edge, type)}
          onConnect={onConnect && ((to) => onConnect(edge, to))}
        />
      ) : (
        wayFoot?.(edge)
      );
    return {
      id: `${edge.from}:${edge.branch ?? ''}`,
      type: 'way',
      source: edge.from,
      target: edge.to,
      ...(edge.branch ? { sourceHandle: edge.branch } : {}),
      data: { way, name: wayName(nodeOf(graph, edge.from), edge.branch), middle },
    };
  });
  const allowed = ({ source, target }: { source: string | null; target: string | null }) =>
    targetsFor(graph, source ?? '').some((node) => node.id === target);
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 0));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // Shrinks to what there is room for, but not below what can be read and touched; the page scrolls, not the canvas.
  const zoom = room ? Math.min(1, Math.max(0.62, room / plan.width)) : 1;
  const whole = { x: (room - plan.width * zoom) / 2, y: MARGIN, zoom };
  // What was added or taken away moves the rest: everything is shown again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the picture has another size
  useEffect(() => void flow.setViewport(whole), [plan.width, plan.height, room]);
  return (
    <div className="canvas" ref={box} style={{ height: plan.height * zoom + 2 * MARGIN }} data-testid="canvas">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={Boolean(onConnect)}
        elementsSelectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        isValidConnection={allowed}
        onConnect={({ source, sourceHandle, target }: Connection) =>
          onConnect?.({ from: source, ...(sourceHandle ? { branch: sourceHandle } : {}) }, target)
        }
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.25}
        maxZoom={1.4}
        panOnDrag={!phone || plan.width * zoom > room}
        ariaLabelConfig={{
          'controls.zoomIn.ariaLabel': t('journey.zoomIn'),
          'controls.zoomOut.ariaLabel': t('journey.zoomOut'),
        }}
      >
        <Background gap={18} size={1} color="var(--line)" />
        <Controls showInteractive={false} showFitView={false} position="top-right" />
      </ReactFlow>
    </div>
  );
}

/** The journey as it runs, from top to bottom; places follow from the ways, so that there is nothing to tidy up. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}
