import type { Clock, Pg } from '../../base/index.ts';

export interface PersonalNames {
  traits: Set<string>;
  properties: Set<string>;
}

/** What holds personal data by its name, until somebody says otherwise in the catalogue. */
const byName = [
  ...[
    'phone',
    'mobile',
    'telephone',
    'tel',
    'phoneNumber',
    'phone_number',
    'mobilePhone',
    'email',
    'mail',
    'emailAddress',
    'email_address',
  ],
  ...['firstName', 'first_name', 'lastName', 'last_name', 'fullName', 'full_name', 'realName', 'real_name', 'recipient', 'consignee'],
  ...['address', 'street', 'postalCode', 'postal_code', 'zip', 'birthday', 'birthdate', 'idCard', 'id_card', 'idNumber', 'id_number'],
  ...['passport', 'bankCard', 'bank_card', 'cardNumber', 'card_number', 'ip', 'wechat', 'wechatId', 'weixin', 'qq'],
  ...[
    '手机',
    '手机号',
    '电话',
    '邮箱',
    '姓名',
    '真实姓名',
    '收件人',
    '收货人',
    '地址',
    '收货地址',
    '身份证',
    '身份证号',
    '生日',
    '微信',
    '微信号',
    '银行卡',
  ],
];

const keptMs = 30_000;

export interface Personal {
  /** Names of the traits and properties of a workspace that hold personal data. Kept for half a minute. */
  (workspaceNo: number): Promise<PersonalNames>;
  /** The declarations of a workspace have changed. */
  forget(workspaceNo: number): void;
}

/**
 * The one setting for "personal or not": the flag of the catalogue's entries over the defaults. A flag on a property of one event holds for
 * properties of that name everywhere; where two entries disagree it is personal.
 */
export function createPersonalNames(deps: { pg: Pg; clock: Clock }): Personal {
  const kept = new Map<number, { at: number; names: Promise<PersonalNames> }>();
  const read = async (workspaceNo: number): Promise<PersonalNames> => {
    const rows = await deps.pg.query<{ kind: 'property' | 'trait'; name: string; personal: boolean }>(
      `SELECT kind, name, bool_or(personal) AS personal FROM catalogue_entries
       WHERE workspace_no = $1 AND kind IN ('property', 'trait') AND personal IS NOT NULL GROUP BY kind, name`,
      [workspaceNo],
    );
    const names: PersonalNames = { traits: new Set(byName), properties: new Set(byName) };
    for (const { kind, name, personal } of rows) {
      const set = kind === 'trait' ? names.traits : names.properties;
      if (personal) set.add(name);
      else set.delete(name);
    }
    return names;
  };
  const personalNames = (workspaceNo: number): Promise<PersonalNames> => {
    const found = kept.get(workspaceNo);
    if (found && deps.clock.ms() - found.at < keptMs && deps.clock.ms() >= found.at) return found.names;
    const names = read(workspaceNo);
    kept.set(workspaceNo, { at: deps.clock.ms(), names });
    names.catch(() => kept.delete(workspaceNo));
    return names;
  };
  return Object.assign(personalNames, { forget: (workspaceNo: number) => void kept.delete(workspaceNo) });
}
