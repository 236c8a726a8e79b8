import {
  ApartmentOutlined,
  ClockCircleOutlined,
  ExclamationCircleFilled,
  ExperimentOutlined,
  FlagOutlined,
  LoginOutlined,
  LogoutOutlined,
  SendOutlined,
} from '@ant-design/icons';
import type { CSSProperties, ReactNode } from 'react';
import type { JourneyNode, NodeType } from '../api/journeys.ts';
import { useNodeWords } from './words.ts';

export const NODE_ICONS: Record<NodeType, ReactNode> = {
  entry: <LoginOutlined />,
  wait: <ClockCircleOutlined />,
  branch: <ApartmentOutlined />,
  split: <ExperimentOutlined />,
  send: <SendOutlined />,
  goal: <FlagOutlined />,
  exit: <LogoutOutlined />,
};

const TONES: Record<NodeType, string> = {
  entry: '#0072B2',
  wait: '#8C8C8C',
  branch: '#CC79A7',
  split: '#8C6BB1',
  send: '#009E73',
  goal: '#E69F00',
  exit: '#B0B0B0',
};

interface NodeCardProps {
  node: JourneyNode;
  problems?: string[];
  chosen?: boolean;
  style?: CSSProperties;
  foot?: ReactNode;
  onClick: () => void;
}

export function NodeCard({ node, problems, chosen, style, foot, onClick }: NodeCardProps) {
  const { gist, title } = useNodeWords();
  const own = { '--tone': TONES[node.type], ...style } as CSSProperties;
  const head = (
    <span className="head">
      {NODE_ICONS[node.type]} <span className="clip">{title(node)}</span>
    </span>
  );
  if (foot)
    return (
      <div className={`jnode${chosen ? ' chosen' : ''}`} style={{ ...own, cursor: 'default' }} data-testid={`node-${node.id}`}>
        {head}
        <div className="clip" style={{ fontSize: 13 }} title={gist(node)}>
          {gist(node)}
        </div>
        {foot}
      </div>
    );
  return (
    <button type="button" className={`jnode${chosen ? ' chosen' : ''}`} style={own} onClick={onClick} data-testid={`node-${node.id}`}>
      {head}
      <span className="gist">{gist(node)}</span>
      {problems?.[0] && (
        <div className="wrong" title={problems.join('；')}>
          <ExclamationCircleFilled /> {problems[0]}
          {problems.length > 1 ? ` +${problems.length - 1}` : ''}
        </div>
      )}
    </button>
  );
}
