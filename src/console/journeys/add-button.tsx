import { PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Edge, Graph, NodeType } from '../api/journeys.ts';
import { targetsFor } from './graph.ts';
import { NODE_ICONS } from './node-card.tsx';
import { useNodeWords } from './words.ts';

/** What can be put on a way, by what an operator wants of it. */
const PALETTE: [group: string, types: NodeType[]][] = [
  ['say', ['send', 'group']],
  ['time', ['wait', 'until', 'window']],
  ['ways', ['branch', 'split', 'bandit', 'holdout']],
  ['give', ['coupon', 'tag', 'task', 'webhook']],
  ['on', ['jump', 'exit']],
];

/** Puts a step on a way, or leads the way somewhere else. */
export function AddButton({
  edge,
  graph,
  onInsert,
  onConnect,
}: {
  edge: Edge;
  graph: Graph;
  onInsert: (type: NodeType) => void;
  onConnect?: (to: string) => void;
}) {
  const { t } = useTranslation();
  const { gist, title } = useNodeWords();
  const targets = onConnect ? targetsFor(graph, edge.from).filter((node) => node.id !== edge.to) : [];
  const items = [
    ...PALETTE.map(([group, types]) => ({
      type: 'group' as const,
      label: t(`journey.palette.${group}`),
      children: types.map((type) => ({
        key: type,
        icon: NODE_ICONS[type],
        label: (
          <span data-testid={`insert-${type}`}>
            {t(`journey.node.${type}`)} <span className="soft small">{t(`journey.nodeHint.${type}`)}</span>
          </span>
        ),
      })),
    })),
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
      menu={{
        items,
        style: { maxHeight: '70vh', overflowY: 'auto' },
        onClick: ({ key }) => (key.startsWith('to:') ? onConnect?.(key.slice(3)) : onInsert(key as NodeType)),
      }}
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
