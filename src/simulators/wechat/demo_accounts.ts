import type { WechatSimulator } from './simulator.ts';

/** An official account, a mini program of the same owner, and a merchant of both, ready to be connected. Made once, found again after a restart. */
export function openDemoAccounts(simulator: WechatSimulator) {
  const { control } = simulator;
  const secret = 'demo-secret-for-the-simulator-only';
  const official = 'wxdemoofficial001';
  const mini = 'wxdemomini0000001';
  const mchid = '1900000109';
  const known = new Set(control.wxAccounts().map((one) => one.appid));
  if (!known.has(official)) {
    control.createWxAccount({ appid: official, secret, kind: 'official_account', name: '鱼塘示例公众号' });
    control.addTemplate(official, { template_id: 'demo-order', title: '订单通知', kind: 'template', fields: ['keyword1', 'keyword2'] });
    control.addTemplate(official, { template_id: 'demo-news', title: '上新提醒', kind: 'subscribe', fields: ['thing1', 'time2'] });
  }
  if (!known.has(mini)) {
    control.createWxAccount({ appid: mini, secret, kind: 'mini_program', name: '鱼塘示例小程序' });
    control.addTemplate(mini, { template_id: 'demo-group', title: '开团提醒', kind: 'subscribe', fields: ['thing1', 'time2'] });
  }
  if (!control.pay.merchants().some((one) => one.mchid === mchid)) control.pay.createMerchant({ mchid, appids: [official, mini] });
  return { official, mini, secret, mchid };
}
