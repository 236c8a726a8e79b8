import { PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Edge, Graph, JourneyNode, NodeType } from '../api/journeys.ts';
import { nodeOf, targetsFor } from './graph.ts';
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH } from './layout.ts';
import { NODE_ICONS, NodeCard } from './node-card.tsx';
import { useNodeWords } from './words.ts';
import './canvas.css';

export type Insertable = Exclude<NodeType, 'entry' | 'goal'>;
const INSERTABLE: Insertable[] = ['wait', 'send', 'branch', 'split', 'exit'];

interface CanvasProps {
  graph: Graph;
  problems?: Map<string, string[]>;
  chosen?: string;
  onChoose?: (id: string) => void;
  onInsert?: (edge: Edge, type: Insertable) => void;
  onConnect?: (edge: Edge, to: string) => void;
  /** Numbers on a node, where results are shown. */
  foot?: (node: JourneyNode) => ReactNode;
  /** Numbers on a way. */
  wayFoot?: (edge: Edge) => ReactNode;
}

function AddButton({
  edge,
  graph,
  onInsert,
  onConnect,
}: {
  edge: Edge;
  graph: Graph;
  onInsert: (type: Insertable) => void;
  onConnect?: (to: string) => void;
}) {
  const { t } = useTranslation();
  const { gist, title } = useNodeWords();
  const targets = onConnect ? targetsFor(graph, edge.from).filter((node) => node.id !== edge.to) : [];
  const items = [
    {
      type: 'group' as const,
      label: t('journey.addHere'),
      children: INSERTABLE.map((type) => ({
        key: type,
        icon: NODE_ICONS[type],
        label: (
          <span data-testid={`insert-${type}`}>
            {t(`journey.node.${type}`)} <span className="soft small">{t(`journey.nodeHint.${type}`)}</span>
          </span>
        ),
      })),
    },
    ...(targets.length
      ? [
          { type: 'divider' as const },
          {
            key: 'lead',
            label: t('journey.leadTo'),
            children: targets.map((node) => ({
              key: `to:${node.id}`,
              icon: NODE_ICONS[node.type],
              label: `${title(node)} ${gist(node)}`.slice(0, 40),
            })),
          },
        ]
      : []),
  ];
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, onClick: ({ key }) => (key.startsWith('to:') ? onConnect?.(key.slice(3)) : onInsert(key as Insertable)) }}
    >
      <Button
        size="small"
        shape="circle"
        icon={<PlusOutlined />}
        aria-label={t('journey.addHere')}
        data-testid={`add-after-${edge.from}${edge.branch ? `-${edge.branch}` : ''}`}
      />
    </Dropdown>
  );
}

export function Canvas({ graph, problems, chosen, onChoose, onInsert, onConnect, foot, wayFoot }: CanvasProps) {
  const { wayName } = useNodeWords();
  const plan = useMemo(() => layoutGraph(graph), [graph]);
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 0));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // Shrinks to what there is room for, but not below what can be read and touched.
  const scale = room && plan.width > room ? Math.max(0.62, room / plan.width) : 1;
  // Where it is wider than the screen, begin with the middle, where the entry stands.
  useEffect(() => {
    if (box.current && room) box.current.scrollLeft = (box.current.scrollWidth - box.current.clientWidth) / 2;
  }, [room]);
  return (
    <div className="canvas-box" ref={box} data-testid="canvas">
      <div style={{ width: plan.width * scale, height: plan.height * scale, margin: '0 auto' }}>
        <div className="canvas" style={{ width: plan.width, height: plan.height, transform: `scale(${scale})` }}>
          <svg width={plan.width} height={plan.height} aria-hidden="true">
            {plan.ways.map((way) => (
              <path key={`${way.edge.from}:${way.edge.branch ?? ''}`} d={way.path} />
            ))}
          </svg>
          {plan.nodes.map(({ node, x, y }) => (
            <NodeCard
              key={node.id}
              node={node}
              problems={problems?.get(node.id)}
              chosen={chosen === node.id}
              style={{ left: x, top: y, width: NODE_WIDTH, height: NODE_HEIGHT }}
              foot={foot?.(node)}
              onClick={() => onChoose?.(node.id)}
            />
          ))}
          {plan.ways.map((way) => {
            const key = `${way.edge.from}:${way.edge.branch ?? ''}`;
            const name = wayName(nodeOf(graph, way.edge.from), way.edge.branch);
            return (
              <span key={key}>
                {name && (
                  <span className="jlabel" style={{ left: way.label.x, top: way.label.y }} title={name}>
                    {name}
                  </span>
                )}
                <span className="jway" style={{ left: way.at.x, top: way.at.y }}>
                  {onInsert ? (
                    <AddButton
                      edge={way.edge}
                      graph={graph}
                      onInsert={(type) => onInsert(way.edge, type)}
                      onConnect={onConnect && ((to) => onConnect(way.edge, to))}
                    />
                  ) : (
                    wayFoot?.(way.edge)
                  )}
                </span>
              </span>
            );
          })}
        </div>
      </div>
    </div>
  );
}
