import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import { ControlError, mustApp, mustCorp } from '../context.ts';
import { type CryptoError, decodeAesKey } from '../crypto.ts';
import type { App, CallbackConfig, Corp } from '../state.ts';
import { emptyCorpParts, newId } from '../state.ts';

export interface NewCorp {
  corpid?: string;
  name?: string;
  developerAccount?: boolean;
}

export type NewApp = { corpid: string; agentid?: number; name?: string; secret?: string } & Partial<
  Pick<App, 'customerContact' | 'visible' | 'trustedIps' | 'callback'>
>;

export interface SetCallback extends Partial<CallbackConfig> {
  corpid: string;
  agentid: number;
  url: string;
  /** false: save without the GET check */
  verify?: boolean;
}

export type CallbackSaved = { ok: true; config: CallbackConfig } | { ok: false; reason: string };

const FIRST_AGENT_ID = 1000002;

/** 43 characters that decode to 32 bytes exactly, as the admin console makes them. */
const randomAesKey = (): string => randomBytes(32).toString('base64').slice(0, 43);

export function createCorpActions(ctx: Context) {
  const { world, clock, callbacks } = ctx;
  return {
    createCorp(input: NewCorp = {}): Corp {
      const corpid = input.corpid ?? newId(world, 'ww', 16);
      if (world.corps.has(corpid)) throw new ControlError('corpid', 'exists already');
      const corp: Corp = {
        corpid,
        name: input.name ?? corpid,
        developerAccount: input.developerAccount ?? true,
        apps: new Map(),
        staff: new Map(),
        customers: new Map(),
        relations: new Map(),
        tagGroups: [],
        contactWays: new Map(),
        groups: new Map(),
        massTasks: new Map(),
        welcomeCodes: new Map(),
        staffMessages: [],
        media: new Map(),
        oauthCodes: new Map(),
        wayTurn: 0,
        friendTurn: 0,
        ...emptyCorpParts(),
      };
      world.corps.set(corpid, corp);
      return corp;
    },

    createApp(input: NewApp): App {
      const corp = mustCorp(world, input.corpid);
      const agentid = input.agentid ?? FIRST_AGENT_ID + corp.apps.size;
      if (corp.apps.has(agentid)) throw new ControlError('agentid', 'exists already');
      const app: App = {
        agentid,
        name: input.name ?? `app ${agentid}`,
        secret: input.secret ?? newId(world, '', 43),
        customerContact: input.customerContact ?? true,
        visible: input.visible,
        trustedIps: input.trustedIps,
        callback: input.callback,
      };
      corp.apps.set(agentid, app);
      return app;
    },

    /** As in the admin console: the address is asked to prove itself first, and nothing is saved if it cannot. */
    async setCallback(input: SetCallback): Promise<CallbackSaved> {
      const corp = mustCorp(world, input.corpid);
      const app = mustApp(corp, input.agentid);
      const config = {
        url: input.url,
        token: input.token ?? randomBytes(12).toString('hex'),
        encodingAesKey: input.encodingAesKey ?? randomAesKey(),
      };
      try {
        decodeAesKey(config.encodingAesKey);
      } catch (error) {
        throw new ControlError('encodingAesKey', (error as CryptoError).message);
      }
      if (!URL.canParse(config.url)) throw new ControlError('url', 'not an absolute address');
      if (input.verify !== false) {
        const checked = await callbacks.verify(corp, config);
        if (!checked.ok) return { ok: false, reason: checked.reason ?? 'not verified' };
      }
      app.callback = config;
      return { ok: true, config };
    },

    removeCallback(corpid: string, agentid: number): void {
      mustApp(mustCorp(world, corpid), agentid).callback = undefined;
    },

    /** Tokens may die early: the next call with one of this app's says 40014. */
    killTokens(corpid: string, agentid: number): void {
      for (const token of world.tokens.values()) if (token.corpid === corpid && token.agentid === agentid) token.killed = true;
    },

    /** A code such as the OAuth page hands to a member (`userid`) or an outsider (`external_userid`): five minutes, one use. */
    oauthCode(corpid: string, who: { userid?: string; external_userid?: string }): string {
      const code = newId(world, '', 32);
      mustCorp(world, corpid).oauthCodes.set(code, { ...who, expiresAt: clock.ms() + 5 * 60_000 });
      return code;
    },

    redeliver(corpid: string, agentid: number, id: number): boolean {
      const corp = mustCorp(world, corpid);
      return callbacks.redeliver(corp, mustApp(corp, agentid), id);
    },
  };
}
