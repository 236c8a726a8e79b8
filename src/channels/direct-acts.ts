import { notFound, problem, type Tokens } from '../base/index.ts';
import { smsParts } from '../content/index.ts';
import { personNo as numberOf, survivingPerson } from '../people/index.ts';
import type { Accounts } from './accounts.ts';
import type { Direct, Tried } from './direct.ts';
import { noteOpened } from './opens.ts';
import { readPolicy } from './policy.ts';
import type { Deps } from './ports.ts';
import { kindOf } from './purposes.ts';
import type { DeviceView, NewDevice } from './push/index.ts';
import type { CountedText } from './sms/index.ts';

/** What the console, apps and providers ask of e-mail, text messages and app push. */
export interface DirectActs {
  /** One test message: to an address, or (app push) to the devices of a person. */
  tryOut(workspaceNo: number, channel: 'email' | 'sms' | 'push', to: string): Promise<Tried>;
  revive(workspaceNo: number, channel: 'email' | 'sms', address: string): Promise<boolean>;
  /** A text message as it would arrive, and what it would be paid as; a price only where the channel is set up. */
  count(workspaceNo: number, text: string, purpose: string): Promise<CountedText>;
  devices(workspaceNo: number, personId: string): Promise<DeviceView[]>;
  register(workspaceNo: number, personId: string, device: NewDevice): Promise<string>;
  removeDevice(workspaceNo: number, personId: string, device: string): Promise<boolean>;
  /** The picture of a mail was loaded. */
  opened(token: string, userAgent: string): Promise<void>;
  reports: Direct['reports'];
  bounces: Direct['bounces'];
}

export function createDirectActs(deps: Deps, accounts: Pick<Accounts, 'required' | 'one'>, tokens: Tokens): DirectActs {
  const direct = (): NonNullable<Deps['direct']> => {
    if (!deps.direct) throw problem(404, 'There are no such channels here');
    return deps.direct;
  };
  const theirs = async (workspaceNo: number, id: string): Promise<number> => {
    const person = await survivingPerson(deps.pg, workspaceNo, numberOf(id));
    if (person === undefined) throw notFound('Person');
    return person;
  };
  return {
    tryOut: async (workspaceNo, channel, to) => {
      const account = await accounts.required(workspaceNo, channel);
      const personNo = channel === 'push' ? await theirs(workspaceNo, to) : 0;
      return direct().tryOut(account, { address: to, personNo });
    },
    revive: (workspaceNo, channel, address) => direct().dead.revive(workspaceNo, channel, address),
    count: async (workspaceNo, text, purpose) => {
      const [account, policy] = await Promise.all([accounts.one(workspaceNo, 'sms'), readPolicy(deps.pg, workspaceNo)]);
      if (!account) return { text, parts: smsParts(text), costFen: null };
      return direct().count(account, text, kindOf(policy.purposes, purpose) === 'marketing');
    },
    devices: async (workspaceNo, id) => direct().devices.list(workspaceNo, await theirs(workspaceNo, id)),
    register: async (workspaceNo, id, device) => direct().devices.register(workspaceNo, await theirs(workspaceNo, id), device),
    removeDevice: async (workspaceNo, id, device) => direct().devices.remove(workspaceNo, await theirs(workspaceNo, id), device),
    opened: (token, userAgent) => noteOpened(deps, tokens, token, userAgent),
    reports: {
      pathOf: (id) => direct().reports.pathOf(id),
      receive: (id, secret, body) => direct().reports.receive(id, secret, body),
    },
    bounces: {
      pathOf: (id) => direct().bounces.pathOf(id),
      receive: (id, secret, raw) => direct().bounces.receive(id, secret, raw),
    },
  };
}
