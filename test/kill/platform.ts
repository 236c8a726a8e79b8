import { createWechatSimulator, openDemoCorp } from '../../src/simulators/index.ts';

export const callbackSecrets = { token: 'kill-run-token', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

/** The WeCom platform, which outlives every kill: people add staff, staff confirm what they are asked to send. */
export async function createPlatform() {
  const simulator = createWechatSimulator({
    // It stands for a platform that tries for as long as the server is away, so that what is looked for here is what was taken and lost.
    weather: { tries: 100_000, retryDelayMs: 250 },
    rules: { callsPerMinute: 1e9, callsPerHour: 1e9, callsPerMinutePerIp: 1e9, callsPerHourPerIp: 1e9, dispatchMs: 200 },
  });
  const corp = openDemoCorp(simulator);
  const url = await simulator.listen();
  const { control } = simulator;
  const friends: string[] = [];
  const confirming = setInterval(() => {
    for (const { msgid, userid } of control.pendingMass(corp.corpid)) control.confirmMass({ corpid: corp.corpid, msgid, userid });
  }, 200);
  return {
    url,
    corp,
    friends,
    connect: async (callbackUrl: string): Promise<void> => {
      const saved = await control.setCallback({ corpid: corp.corpid, agentid: corp.agentid, url: callbackUrl, ...callbackSecrets });
      if (!saved.ok) throw new Error(`the callback address was not accepted: ${saved.reason}`);
    },
    /** Somebody scans a code and becomes a friend. */
    befriend: (): void => {
      const { external_userid } = control.addCustomer(corp.corpid, { name: `friend ${friends.length}` });
      friends.push(external_userid);
      control.addFriend({ corpid: corp.corpid, userid: corp.staff[friends.length % corp.staff.length]!, external_userid, state: 'kill' });
    },
    pending: (): number => control.pendingMass(corp.corpid).length,
    inbox: (friend: string) => control.inbox(corp.corpid, friend),
    settle: () => control.settle(),
    close: async (): Promise<void> => {
      clearInterval(confirming);
      await simulator.close();
    },
  };
}
export type Platform = Awaited<ReturnType<typeof createPlatform>>;
