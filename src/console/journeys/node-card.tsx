import {
  ApartmentOutlined,
  ApiOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  CustomerServiceOutlined,
  ExclamationCircleFilled,
  ExperimentOutlined,
  EyeOutlined,
  FieldTimeOutlined,
  FlagOutlined,
  GiftOutlined,
  LoginOutlined,
  LogoutOutlined,
  PauseCircleOutlined,
  RedoOutlined,
  RiseOutlined,
  SendOutlined,
  TagOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { JourneyNode, NodeType } from '../api/journeys.ts';
import { paidBeforePush } from './graph.ts';
import { useNodeWords } from './words.ts';

export const NODE_ICONS: Record<NodeType, ReactNode> = {
  entry: <LoginOutlined />,
  wait: <ClockCircleOutlined />,
  until: <EyeOutlined />,
  window: <FieldTimeOutlined />,
  branch: <ApartmentOutlined />,
  split: <ExperimentOutlined />,
  bandit: <RiseOutlined />,
  holdout: <PauseCircleOutlined />,
  send: <SendOutlined />,
  group: <TeamOutlined />,
  coupon: <GiftOutlined />,
  tag: <TagOutlined />,
  task: <CustomerServiceOutlined />,
  webhook: <ApiOutlined />,
  jump: <RedoOutlined />,
  goal: <FlagOutlined />,
  exitRule: <CloseCircleOutlined />,
  exit: <LogoutOutlined />,
};

const [BEGIN, TIME, WAYS, CHANCE, SAY, GIVE, GOAL, END] = [
  '#0072B2',
  '#8C8C8C',
  '#CC79A7',
  '#8C6BB1',
  '#009E73',
  '#D55E00',
  '#E69F00',
  '#B0B0B0',
];
const TONES: Record<NodeType, string> = {
  entry: BEGIN,
  wait: TIME,
  until: TIME,
  window: TIME,
  branch: WAYS,
  split: CHANCE,
  bandit: CHANCE,
  holdout: CHANCE,
  send: SAY,
  group: SAY,
  coupon: GIVE,
  tag: GIVE,
  task: GIVE,
  webhook: GIVE,
  jump: END,
  goal: GOAL,
  exitRule: END,
  exit: END,
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
  const { t } = useTranslation();
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
      {node.type === 'send' && !problems?.length && paidBeforePush(node) && (
        <div className="warned">
          <ExclamationCircleFilled /> {t('journey.paidBeforePush')}
        </div>
      )}
      {problems?.[0] && (
        <div className="wrong" title={problems.join('；')}>
          <ExclamationCircleFilled /> {problems[0]}
          {problems.length > 1 ? ` +${problems.length - 1}` : ''}
        </div>
      )}
    </button>
  );
}
