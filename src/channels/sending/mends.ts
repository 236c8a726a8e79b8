import type { Words } from '../limits/rule.ts';

/** What faults of e-mail, text message and app push mean and what mends them, by what the provider says. */

const say = (zh: string, en: string): Words => ({ zh, en });

const email: Record<string, Words> = {
  auth: say(
    '邮件服务器不认用户名或密码。到邮箱服务商后台生成 SMTP 授权码，重新填写。',
    'The mail server does not take the user or password. Make an SMTP password at the provider and enter it.',
  ),
  tls: say(
    '加密连接建立不了。核对端口和加密方式：465 用 TLS，587 用 STARTTLS；自建服务器要有可信证书。',
    'No encrypted connection. Check port and security: 465 is TLS, 587 is STARTTLS; a server of your own needs a trusted certificate.',
  ),
  unreachable: say(
    '邮件服务器连不上。核对主机名和端口，以及出口网络。',
    'The mail server cannot be reached. Check host, port and the way out.',
  ),
  address_refused: say(
    '邮件服务器的地址是内网地址。确需使用时，把主机写进环境变量 YUTANG_SMTP_ALLOW。',
    'The mail server lies at an internal address. If that is meant, name the host in YUTANG_SMTP_ALLOW.',
  ),
  greeting: say(
    '邮件服务器拒绝了连接。到服务商后台看是否限了 IP 或停了 SMTP。',
    'The mail server refused the conversation. See whether the provider limits addresses or has switched SMTP off.',
  ),
};

const credentials = say(
  '密钥不对或没有短信权限。到云平台的访问控制里核对密钥，并授予短信服务权限。',
  'The key is wrong or may not send text messages. Check it in the access control of the cloud, and grant it the SMS service.',
);
const signature = say(
  '短信签名未通过审核或写错。到短信控制台核对签名。',
  'The signature is not approved, or misspelt. Compare it with the SMS console.',
);
const template = say(
  '短信模板未通过审核、写错，或与签名不匹配。到短信控制台核对模板编号。',
  'The template is not approved, misspelt, or does not go with the signature. Compare its id with the SMS console.',
);
const balance = say(
  '短信余额或套餐包用完了。充值后自动继续。',
  'The balance or package is used up. It goes on by itself once it is topped up.',
);
const account = say(
  '短信账号欠费、停用或没有开通。到云平台处理。',
  'The SMS account is in arrears, stopped or not opened. See to it in the cloud console.',
);

const sms: Record<string, Words> = {
  credentials,
  signature,
  template,
  balance,
  account,
  unreachable: say('短信平台连不上，会自动重试。', 'The SMS provider cannot be reached; it is tried again by itself.'),
};

const push: Record<string, Words> = {
  'apns.credentials': say(
    'APNs 不认密钥。核对 Key ID、Team ID、Bundle ID 和 .p8 文件。',
    'APNs does not take the key. Check key id, team id, bundle id and the .p8 file.',
  ),
  'fcm.credentials': say(
    'FCM 不认服务账号。到 Firebase 控制台 → 项目设置 → 服务账号，重新生成密钥。',
    'FCM does not take the service account. Make a new key under project settings → service accounts in the Firebase console.',
  ),
  'jpush.credentials': say(
    '极光不认 AppKey 或 Master Secret。到极光控制台 → 应用信息核对。',
    'JPush does not take the app key or master secret. Compare them with the app in the JPush console.',
  ),
  'apns.unreachable': say(
    'APNs 连不上，会自动重试。核对服务器能否访问外网 443 端口。',
    'APNs cannot be reached; it is tried again. See whether this server may reach port 443.',
  ),
  'fcm.unreachable': say(
    'FCM 连不上，会自动重试。中国大陆的服务器需要能访问 Google 的网络。',
    'FCM cannot be reached; it is tried again. From mainland China a way to Google is needed.',
  ),
  'jpush.unreachable': say('极光连不上，会自动重试。', 'JPush cannot be reached; it is tried again.'),
};

export const directMends: Record<string, Record<string, Words>> = { email, sms, push };
