import {
  AimOutlined,
  ApartmentOutlined,
  BarChartOutlined,
  DatabaseOutlined,
  FileTextOutlined,
  FunnelPlotOutlined,
  HomeOutlined,
  ImportOutlined,
  KeyOutlined,
  MessageOutlined,
  RetweetOutlined,
  SafetyOutlined,
  SettingOutlined,
  TagsOutlined,
  TeamOutlined,
  ToolOutlined,
  UnorderedListOutlined,
  UserOutlined,
  UserSwitchOutlined,
  WechatOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';

export interface PageEntry {
  path: string;
  text: string;
  icon: ReactNode;
}

export interface PageGroup {
  key: string;
  text: string;
  icon: ReactNode;
  pages: PageEntry[];
}

/** The menu, in the order of an operator's day. Only pages that exist are here. */
export const GROUPS: PageGroup[] = [
  { key: 'today', text: 'nav.today', icon: <HomeOutlined />, pages: [{ path: '/', text: 'nav.overview', icon: <HomeOutlined /> }] },
  {
    key: 'people',
    text: 'nav.people',
    icon: <TeamOutlined />,
    pages: [
      { path: '/people', text: 'nav.peopleList', icon: <UserOutlined /> },
      { path: '/audiences', text: 'nav.audiences', icon: <AimOutlined /> },
      { path: '/definitions', text: 'nav.definitions', icon: <TagsOutlined /> },
    ],
  },
  { key: 'content', text: 'nav.content', icon: <FileTextOutlined />, pages: [{ path: '/content', text: 'nav.library', icon: <FileTextOutlined /> }] },
  {
    key: 'reach',
    text: 'nav.reach',
    icon: <MessageOutlined />,
    pages: [
      { path: '/journeys', text: 'nav.journeys', icon: <ApartmentOutlined /> },
      { path: '/messages', text: 'nav.messages', icon: <MessageOutlined /> },
    ],
  },
  {
    key: 'insight',
    text: 'nav.insight',
    icon: <BarChartOutlined />,
    pages: [
      { path: '/funnel', text: 'nav.funnel', icon: <FunnelPlotOutlined /> },
      { path: '/retention', text: 'nav.retention', icon: <RetweetOutlined /> },
    ],
  },
  {
    key: 'data',
    text: 'nav.data',
    icon: <DatabaseOutlined />,
    pages: [
      { path: '/imports', text: 'nav.imports', icon: <ImportOutlined /> },
      { path: '/catalogue', text: 'nav.catalogue', icon: <UnorderedListOutlined /> },
    ],
  },
  {
    key: 'settings',
    text: 'nav.settings',
    icon: <SettingOutlined />,
    pages: [
      { path: '/settings/workspace', text: 'nav.workspace', icon: <ToolOutlined /> },
      { path: '/settings/members', text: 'nav.members', icon: <UserSwitchOutlined /> },
      { path: '/settings/keys', text: 'nav.keys', icon: <KeyOutlined /> },
      { path: '/settings/channels', text: 'nav.channels', icon: <WechatOutlined /> },
      { path: '/settings/policy', text: 'nav.policy', icon: <SafetyOutlined /> },
    ],
  },
];

export const ALL_PAGES: PageEntry[] = GROUPS.flatMap((group) => group.pages);
