import { badInput, type Clock } from '../../base/index.ts';
import { createSeals } from '../reading/seal.ts';

/** What WeChat's script takes to believe a page. */
export interface PageSigned {
  appId: string;
  timestamp: number;
  nonceStr: string;
  signature: string;
}

export interface ShareDeps {
  clock: Clock;
  /** What pages are told sealed: the first with new texts, any with those from before. */
  keys: readonly Buffer[];
  publicUrl: string;
  /** Whether the workspace has an official account that can sign. */
  connected(workspaceNo: number): Promise<boolean>;
  /** Signs an address with it; undefined: it cannot now. */
  sign(workspaceNo: number, url: string): Promise<PageSigned | undefined>;
}

const about = 'sharing a page';
/** Whether an account is connected is looked up so often at most. */
const rememberMs = 30_000;

/** Lets pages of ours be shared as cards inside WeChat: each is told a token for itself, and gets its own address signed for it. */
export function createShares(deps: ShareDeps) {
  const { clock } = deps;
  const seals = createSeals(deps.keys);
  const root = new URL(deps.publicUrl);
  const known = new Map<number, { yes: boolean; until: number }>();
  const connected = async (ws: number): Promise<boolean> => {
    const kept = known.get(ws);
    if (kept && kept.until > clock.ms()) return kept.yes;
    const yes = await deps.connected(ws);
    known.set(ws, { yes, until: clock.ms() + rememberMs });
    return yes;
  };
  return {
    /** The token of a page, for a phone that is inside WeChat (WeCom's own is another); undefined: there is nothing to sign with. */
    tokenFor: async (ws: number, path: string, userAgent: string | undefined): Promise<string | undefined> =>
      /MicroMessenger/i.test(userAgent ?? '') && !/wxwork/i.test(userAgent ?? '') && (await connected(ws))
        ? seals.seal(about, { ws, path })
        : undefined,
    /** Signs an address for the page that the token was made for, and for no other. */
    sign: async (token: string, address: string): Promise<PageSigned | undefined> => {
      const page = seals.open(about, token) as { ws: number; path: string } | undefined;
      if (!page) throw badInput([{ field: 't', reason: 'is no token of a page' }]);
      const url = URL.canParse(address) ? new URL(address) : undefined;
      if (url?.origin !== root.origin || url.pathname !== page.path)
        throw badInput([{ field: 'url', reason: 'is not the address of this page' }]);
      return deps.sign(page.ws, address);
    },
  };
}
export type Shares = ReturnType<typeof createShares>;
