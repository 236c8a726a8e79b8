import type { Texts } from '../base/index.ts';

/** What this room says to whoever asked for something that does not fit, in Chinese. */
export const accessZh: Texts = {
  'Sign in first': '请先登录',
  'Sign in at the console, or send Authorization: Bearer <API key>.': '请在控制台登录，或发送 Authorization: Bearer <API 密钥>。',
  'Another workspace': '不是这个工作区',
  'This is not a valid API key': 'API 密钥无效',
  'It is a write key, which only sends events. Use an API key.': '这是写入密钥，只能发送事件。请用 API 密钥。',
  'It is unknown or was revoked. An owner can make a new one under Settings.': '密钥不存在或已撤销。所有者可以在“设置”里新建。',
  'Send Authorization: Bearer <API key>.': '请发送 Authorization: Bearer <API 密钥>。',
  'The key belongs to another workspace. Leave out x-workspace, or use a key of that workspace.':
    '这个密钥属于另一个工作区。请去掉 x-workspace，或用那个工作区的密钥。',
  'You are not a member of this workspace. GET /api/me without x-workspace lists yours.':
    '你不是这个工作区的成员。不带 x-workspace 请求 GET /api/me，可以看到你的工作区。',
  'This is not a valid write key': '写入密钥无效',
  'Send a write key as the user name of Basic authentication, with an empty password, or as writeKey in the address or the body. An owner can make one under Settings.':
    '请把写入密钥作为 Basic 认证的用户名（密码留空），或放在地址或请求体的 writeKey 里。所有者可以在“设置”里新建。',
  'This account also opens workspaces that are not yours': '这个账号还能进入不属于你的工作区',
  'Its password can be set by someone who owns all of them, or by the person in the own account.':
    '密码只能由这些工作区共同的所有者，或本人在自己的账号里修改。',
  'A workspace keeps at least one owner': '工作区至少要有一位所有者',
  'Make another member an owner first.': '请先把另一位成员设为所有者。',
  'this address has an account with a password of its own; leave the password out to add it here':
    '这个邮箱已有账号和密码；不填密码即可加进来',
  'The account was removed at this moment': '这个账号刚刚被移除',
  'Send the request again.': '请重新发送请求。',
  'Already a member': '已经是成员',
  'belongs to a member of this workspace': '已属于这个工作区的一位成员',
  'This request comes from another site': '这个请求来自别的网站',
  'Signed-in changes are taken from the console alone. A program uses an API key: Authorization: Bearer <key>.':
    '登录状态下的改动只接受来自控制台的请求。程序请用 API 密钥：Authorization: Bearer <密钥>。',
  'This needs the permission {permission}, which {who}.': '需要权限 {permission}，{who*}。',
  'the role {role} does not have. An owner can change the role': '而角色 {role*} 没有这个权限。所有者可以调整角色',
  'API keys do not have. Sign in to the console': '而 API 密钥没有这个权限。请登录控制台操作',
  owner: '所有者',
  operator: '运营',
  analyst: '分析',
  assistant: '客服',
  'No account has the address {email}': '没有邮箱为 {email} 的账号',
  'YUTANG_RESET_PASSWORD takes the address of a member.': 'YUTANG_RESET_PASSWORD 应填一位成员的邮箱。',
  'must be an e-mail address': '必须是邮箱地址',
  'must be a time zone such as Asia/Shanghai': '必须是时区，如 Asia/Shanghai',
  'must be a currency code such as CNY': '必须是货币代码，如 CNY',
  'must stay below 64 KB': '不能超过 64 KB',
  'must not have a zero character or half a surrogate pair': '不能含有零字符或不完整的字符（半个代理对）',
  'is not an id': '不是有效的 ID',
  "must be 'api' or 'write'": '必须是 api 或 write',
  'The current password is wrong': '当前密码不对',
  'is not your password; try again': '密码不对，请重试',
  'The e-mail or the password is wrong': '邮箱或密码不对',
  'Check both. An owner of the workspace can set a new password.': '请核对两者。工作区所有者可以重设密码。',
  'Too many wrong passwords': '密码错误次数过多',
  'Try again in {n} minutes.': '请 {n} 分钟后再试。',
  Account: '账号',
  Key: '密钥',
  Member: '成员',
  Workspace: '工作区',
};
