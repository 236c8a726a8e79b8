import type { WechatSimulator } from './simulator.ts';

export interface DemoCorp {
  corpid: string;
  agentid: number;
  secret: string;
  staff: string[];
}

const people = [
  { userid: 'lixiaoyu', name: '李小渔' },
  { userid: 'wangxin', name: '王欣' },
  { userid: 'chenjie', name: '陈洁' },
];

/** A corp ready to be connected: one app that may call customer contact, three members. Made once, found again after a restart. */
export function openDemoCorp(
  simulator: WechatSimulator,
  { corpid = 'wwdemo0000000001', secret = 'demo-secret-for-the-simulator-only' } = {},
): DemoCorp {
  const { control } = simulator;
  const agentid = 1000002;
  if (!control.corp(corpid)) {
    control.createCorp({ corpid, name: '鱼塘示例商店' });
    control.createApp({ corpid, agentid, name: '鱼塘', secret });
    for (const member of people) control.addStaff(corpid, member);
  }
  return { corpid, agentid, secret, staff: people.map((p) => p.userid) };
}
