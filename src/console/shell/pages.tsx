import {
  AimOutlined,
  ApartmentOutlined,
  ApiOutlined,
  AppstoreAddOutlined,
  AuditOutlined,
  BarChartOutlined,
  CalendarOutlined,
  CheckSquareOutlined,
  CompassOutlined,
  CrownOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  FileImageOutlined,
  FileTextOutlined,
  FireOutlined,
  FunnelPlotOutlined,
  GiftOutlined,
  HeartOutlined,
  HomeOutlined,
  IdcardOutlined,
  ImportOutlined,
  KeyOutlined,
  LockOutlined,
  MessageOutlined,
  MoneyCollectOutlined,
  NodeIndexOutlined,
  PictureOutlined,
  QrcodeOutlined,
  RadarChartOutlined,
  RetweetOutlined,
  RiseOutlined,
  SafetyOutlined,
  ScheduleOutlined,
  SettingOutlined,
  ShopOutlined,
  SwapOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
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
  /** Needed to see anything there. */
  permission: string;
}

export interface PageGroup {
  key: string;
  text: string;
  icon: ReactNode;
  pages: PageEntry[];
}

/** The menu, in the order of an operator's day. Only pages that exist are here. */
export const GROUPS: PageGroup[] = [
  {
    key: 'today',
    text: 'nav.today',
    icon: <HomeOutlined />,
    pages: [{ path: '/', permission: 'insight.read', text: 'nav.overview', icon: <HomeOutlined /> }],
  },
  {
    key: 'pool',
    text: 'nav.pool',
    icon: <CompassOutlined />,
    pages: [
      { path: '/position', permission: 'insight.read', text: 'nav.position', icon: <CompassOutlined /> },
      { path: '/suitability', permission: 'insight.read', text: 'nav.suitability', icon: <ExperimentOutlined /> },
    ],
  },
  {
    key: 'acquire',
    text: 'nav.acquire',
    icon: <QrcodeOutlined />,
    pages: [
      { path: '/touchpoints', permission: 'touchpoints.read', text: 'nav.touchpoints', icon: <QrcodeOutlined /> },
      { path: '/touchpoints/batches', permission: 'touchpoints.read', text: 'nav.batches', icon: <AppstoreAddOutlined /> },
      { path: '/touchpoints/ways', permission: 'insight.read', text: 'nav.ways', icon: <NodeIndexOutlined /> },
      { path: '/touchpoints/trials', permission: 'touchpoints.read', text: 'nav.trials', icon: <SwapOutlined /> },
      { path: '/staff', permission: 'people.read', text: 'nav.staff', icon: <ShopOutlined /> },
    ],
  },
  {
    key: 'people',
    text: 'nav.people',
    icon: <TeamOutlined />,
    pages: [
      { path: '/people', permission: 'people.read', text: 'nav.peopleList', icon: <UserOutlined /> },
      { path: '/identity', permission: 'people.read', text: 'nav.identity', icon: <IdcardOutlined /> },
      { path: '/audiences', permission: 'audiences.read', text: 'nav.audiences', icon: <AimOutlined /> },
      { path: '/definitions', permission: 'definitions.read', text: 'nav.definitions', icon: <TagsOutlined /> },
      { path: '/ladder', permission: 'insight.read', text: 'nav.ladder', icon: <RiseOutlined /> },
      { path: '/value', permission: 'insight.read', text: 'nav.value', icon: <MoneyCollectOutlined /> },
      { path: '/heat', permission: 'insight.read', text: 'nav.heat', icon: <FireOutlined /> },
      { path: '/koc', permission: 'insight.read', text: 'nav.koc', icon: <CrownOutlined /> },
    ],
  },
  {
    key: 'content',
    text: 'nav.content',
    icon: <FileTextOutlined />,
    pages: [
      { path: '/content', permission: 'content.read', text: 'nav.library', icon: <FileTextOutlined /> },
      { path: '/content/effect', permission: 'insight.read', text: 'nav.contentEffect', icon: <BarChartOutlined /> },
      { path: '/posters', permission: 'content.read', text: 'nav.posters', icon: <FileImageOutlined /> },
      { path: '/matching', permission: 'insight.read', text: 'nav.smartPush', icon: <ThunderboltOutlined /> },
    ],
  },
  {
    key: 'reach',
    text: 'nav.reach',
    icon: <MessageOutlined />,
    pages: [
      { path: '/journeys', permission: 'journeys.read', text: 'nav.journeys', icon: <ApartmentOutlined /> },
      { path: '/sop', permission: 'journeys.read', text: 'nav.sop', icon: <ScheduleOutlined /> },
      { path: '/experiments', permission: 'experiments.read', text: 'nav.experiments', icon: <ExperimentOutlined /> },
      { path: '/coupons', permission: 'coupons.read', text: 'nav.coupons', icon: <GiftOutlined /> },
      { path: '/groups', permission: 'channels.read', text: 'nav.groups', icon: <WechatOutlined /> },
      { path: '/groups/calendar', permission: 'channels.read', text: 'nav.groupCalendar', icon: <CalendarOutlined /> },
      { path: '/moments', permission: 'channels.read', text: 'nav.moments', icon: <PictureOutlined /> },
      { path: '/reach', permission: 'channels.read', text: 'nav.quota', icon: <DashboardOutlined /> },
      { path: '/approvals', permission: 'policy.read', text: 'nav.approvals', icon: <CheckSquareOutlined /> },
      { path: '/messages', permission: 'messages.read', text: 'nav.messages', icon: <MessageOutlined /> },
    ],
  },
  {
    key: 'insight',
    text: 'nav.insight',
    icon: <BarChartOutlined />,
    pages: [
      { path: '/explore', permission: 'insight.read', text: 'nav.explore', icon: <RadarChartOutlined /> },
      { path: '/funnel', permission: 'insight.read', text: 'nav.funnel', icon: <FunnelPlotOutlined /> },
      { path: '/retention', permission: 'insight.read', text: 'nav.retention', icon: <RetweetOutlined /> },
    ],
  },
  {
    key: 'data',
    text: 'nav.data',
    icon: <DatabaseOutlined />,
    pages: [
      { path: '/sources', permission: 'imports.read', text: 'nav.sources', icon: <ApiOutlined /> },
      { path: '/imports', permission: 'imports.read', text: 'nav.imports', icon: <ImportOutlined /> },
      { path: '/health', permission: 'catalog.read', text: 'nav.health', icon: <HeartOutlined /> },
      { path: '/catalogue', permission: 'catalog.read', text: 'nav.catalogue', icon: <UnorderedListOutlined /> },
      { path: '/named-events', permission: 'catalog.read', text: 'nav.named', icon: <AimOutlined /> },
    ],
  },
  {
    key: 'settings',
    text: 'nav.settings',
    icon: <SettingOutlined />,
    pages: [
      { path: '/settings/workspace', permission: 'self.read', text: 'nav.workspace', icon: <ToolOutlined /> },
      { path: '/settings/members', permission: 'members.read', text: 'nav.members', icon: <UserSwitchOutlined /> },
      { path: '/settings/keys', permission: 'keys.read', text: 'nav.keys', icon: <KeyOutlined /> },
      { path: '/settings/channels', permission: 'channels.read', text: 'nav.channels', icon: <WechatOutlined /> },
      { path: '/settings/policy', permission: 'policy.read', text: 'nav.policy', icon: <SafetyOutlined /> },
      { path: '/settings/privacy', permission: 'settings.read', text: 'nav.privacy', icon: <LockOutlined /> },
      { path: '/settings/audit', permission: 'audit.read', text: 'nav.audit', icon: <AuditOutlined /> },
    ],
  },
];

export const ALL_PAGES: PageEntry[] = GROUPS.flatMap((group) => group.pages);

/** The pages that someone may see, in their groups. */
export function pagesFor(may: (permission: string) => boolean): PageGroup[] {
  return GROUPS.map((group) => ({ ...group, pages: group.pages.filter((page) => may(page.permission)) })).filter(
    (group) => group.pages.length,
  );
}
