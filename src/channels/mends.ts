import { directMends } from './sending/mends.ts';

/** What a fault of configuration means and what mends it, in words for who runs the shop. The same number means different things by platform. */

export interface Words {
  zh: string;
  en: string;
}

const say = (zh: string, en: string): Words => ({ zh, en });

const wecom: Record<number, Words> = {
  40001: say(
    '应用 Secret 不对。到企业微信后台 → 应用 → 查看 Secret，重新填写。',
    'The app secret is wrong. Copy it anew from the WeCom console → app → Secret.',
  ),
  40013: say(
    '企业 ID 不对。到企业微信后台 → 我的企业，核对 corpid。',
    'The corp id is wrong. Compare it with the WeCom console → My company.',
  ),
  48002: say(
    '应用没有客户联系权限。到后台 → 客户联系 → 可调用接口的应用，把这个应用加上。',
    'The app may not call customer contact. Add it in the console → Customer contact → apps allowed to call.',
  ),
  60020: say(
    '服务器 IP 不在可信名单里。到后台 → 应用 → 企业可信 IP，加上本机的出口 IP。',
    "The server's address is not trusted. Add its outgoing IP in the console → app → trusted IPs.",
  ),
  41041: say('一个活码里的员工超过 100 人。减少人数或拆成几个码。', 'More than 100 staff behind one code. Use fewer, or several codes.'),
  41045: say('活码名额（50 万个）用完了。删除不用的码再试。', 'The quota of codes (500,000) is full. Delete some that are no longer used.'),
  40126: say('企业标签已满（默认 3000 个）。到后台删掉不用的标签。', 'The corp has as many tags as it may (3,000). Delete some.'),
  41057: say(
    '没有绑定微信开发者账号，拿不到 unionid。到后台 → 客户联系 → API → 绑定。',
    'No WeChat developer account is bound, so no unionid is told. Bind one under Customer contact → API.',
  ),
  48006: say(
    '接口权限因长期不用被收回。到后台重新申请。',
    'The permission was withdrawn for want of use. Ask for it again in the console.',
  ),
  50001: say('应用被停用。到后台 → 应用，启用它。', 'The app is switched off. Switch it on in the console.'),
};

const wechat: Record<number, Words> = {
  40001: say(
    'AppSecret 不对或已重置。到公众平台 → 基本配置，重新填写。',
    'The app secret is wrong or was reset. Copy it anew from the platform → basic settings.',
  ),
  40125: say(
    'AppSecret 不对或已重置。到公众平台 → 基本配置，重新填写。',
    'The app secret is wrong or was reset. Copy it anew from the platform → basic settings.',
  ),
  40013: say('AppID 不对。到公众平台 → 基本配置核对。', 'The app id is wrong. Compare it with the platform → basic settings.'),
  40164: say(
    '服务器 IP 不在白名单里。到公众平台 → 基本配置 → IP 白名单，加上本机的出口 IP。',
    "The server's address is not on the list. Add its outgoing IP under basic settings → IP list.",
  ),
  48001: say(
    '账号没有这个接口的权限。需要认证，或开通对应功能。',
    'The account may not call this. It must be verified, or the feature switched on.',
  ),
  48006: say('本月清零次数（10 次）已用完，等到明天零点。', 'The ten resets of this month are used up. Wait until midnight.'),
  40037: say('模板 ID 不存在。到平台的模板库核对后重新填写。', 'There is no such template. Compare its id with the template library.'),
  41030: say(
    '小程序页面还没有发布。发布后再试，或改成已发布的页面。',
    'The page of the mini program is not published. Publish it, or name another page.',
  ),
  85400: say('长期链接名额已用完。改用 30 天内到期的链接。', 'The quota of lasting links is used up. Use links that end within 30 days.'),
  50002: say('账号被封或停用。到平台查看通知。', 'The account is banned or out of use. See the notices of the platform.'),
};

const tables: Record<string, Record<number | string, Words>> = { wecom, official_account: wechat, mini_program: wechat, ...directMends };

/** The words for a fault, with the number and the platform's own trace for its support. */
export function mendOf(kind: string, fault: { errcode: number | string; endpoint: string; hint: string }): Words {
  const known = tables[kind]?.[fault.errcode];
  const trace = fault.hint ? ` [${fault.hint}]` : '';
  const tail = ` (${fault.errcode}, ${fault.endpoint})${trace}`;
  const words =
    known ?? say('平台拒绝了这个接口，需要在平台后台处理。', 'The platform refuses this call; it must be mended in its console.');
  return { zh: words.zh + tail, en: words.en + tail };
}
