import type { Clock, Pg } from '../../base/index.ts';
import type { ContentCard } from '../../content/index.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Names } from './view.ts';

export interface SidebarPerson {
  id: string;
  traits: Record<string, unknown>;
  stage: string | null;
  tier: string | null;
  level: string | null;
  tags: { key: string; value?: unknown; since?: string; by?: string }[];
  orders: { count: number; revenueFen: number; refundFen: number; lastAt: string | null };
  createdAt: string;
  lastSeenAt: string;
}

/** What the page in WeCom's chat asks of everybody else. */
export interface SidebarDeps {
  pg: Pg;
  clock: Clock;
  /** The first signs sessions, any of them is believed. */
  keys: readonly Buffer[];
  /** How browsers reach the server. */
  publicUrl: string;
  /** Where members of WeCom sign in: https://open.weixin.qq.com, or the simulator. */
  oauthUrl: string;
  wecom: {
    account(id: string): Promise<{ id: string; workspaceNo: number; corpId: string; agentId: number | null } | undefined>;
    ofWorkspace(workspaceNo: number): Promise<{ id: string; corpId: string } | undefined>;
    /** The member behind a code of OAuth; undefined when it is no member. */
    member(accountId: string, code: string): Promise<string | undefined>;
    /** What signs pages for the corp and for the app. */
    tickets(accountId: string): Promise<{ corp: string; agent: string }>;
    /** The signature with which a page opens the client's own functions. */
    signPage(page: { ticket: string; nonce: string; timestamp: number; url: string }): string;
    /** A picture is sent to WeCom; its id there. */
    upload(accountId: string, picture: { mime: string; bytes: Buffer }): Promise<string>;
    /** Whether a member has this customer as a friend. */
    isFriend(workspaceNo: number, externalUserId: string, staffId: string): Promise<boolean>;
  };
  staff: {
    /** Undefined: nobody wrote them down. */
    one(workspaceNo: number, id: string): Promise<{ name: string; state: 'active' | 'left' } | undefined>;
    names(workspaceNo: number, ids: readonly string[]): Promise<Map<string, string>>;
    binding(
      workspaceNo: number,
      personNo: number,
    ): Promise<{ staffId: string; since: string; protectedUntil: string; validUntil: string | null; disputed: boolean } | undefined>;
  };
  people: {
    byExternalUserId(workspaceNo: number, corpId: string, externalUserId: string): Promise<number | undefined>;
    read(workspaceNo: number, personNo: number): Promise<SidebarPerson | undefined>;
    /** How people are called here and at WeCom. */
    cards(workspaceNo: number, people: readonly number[]): Promise<Map<number, { id: string; name: string; customer: string | null }>>;
    notes(workspaceNo: number, personNo: number): Promise<{ id: string; text: string; at: string; by: { name: string } }[]>;
    addNote(workspaceNo: number, personNo: number, by: { id: string; name: string }, text: string): Promise<void>;
  };
  tasks: Tasks;
  coupons: {
    /** What staff may give them now. */
    offers(workspaceNo: number, personNo: number): Promise<{ id: string; name: string; sentence: Names; left: number }[]>;
    /** Gives one; `url`: the customer's own page. */
    give(
      workspaceNo: number,
      personNo: number,
      couponId: string,
      how: { key: string; by: string },
    ): Promise<{ name: string; url: string } | { refused: string }>;
  };
  definitions(workspaceNo: number): Promise<{
    stages: Named[];
    tiers: Named[];
    levels: Named[];
    /** `byHand`: staff may give it. */
    tags: (Named & { byHand: boolean })[];
  }>;
  tag(workspaceNo: number, personNo: number, key: string, remove: boolean): Promise<void>;
  contents(workspaceNo: number): Promise<
    {
      id: string;
      name: string;
      body: string;
      link: { title: string } | null;
      card: ContentCard | null;
    }[]
  >;
  /** Writes down what a staff member is about to send themself, with a link of its own. */
  prepare(
    workspaceNo: number,
    ask: { personNo: number; contentId: string; accountId: string; address: string; staffId: string },
  ): Promise<Omit<Prepared, 'card'>>;
  /** What goes along with the words of a content. */
  card(workspaceNo: number, contentId: string): Promise<ContentCard | null>;
  picture(id: string): Promise<{ mime: string; bytes: Buffer }>;
  /** Somebody's own poster; undefined: there is none any more. */
  poster(workspaceNo: number, posterId: string, personNo: number): Promise<Buffer | undefined>;
  /** Whether it went. */
  sent(workspaceNo: number, messageId: string, personNo: number, went: boolean): Promise<void>;
  /** What is asked of the events, after the first look. */
  more(
    workspaceNo: number,
    personId: string,
    personNo: number,
  ): Promise<{ heat: { band: string; chance: number } | null; orders: { id: string; at: string; fen: number; what: string }[] }>;
}

export interface Named {
  key: string;
  name: Names;
}

export interface Prepared {
  messageId: string;
  text: string;
  link: { url: string; title: string } | null;
  /** A picture by its id at WeCom, or a card of a mini program; it goes after the words. */
  card:
    | { kind: 'picture'; mediaId: string }
    | { kind: 'mini_program'; appId: string; page: string; title: string; imageUrl: string }
    | null;
}
