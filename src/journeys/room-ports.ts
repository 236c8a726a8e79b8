/**
 * What steps of a journey ask of other rooms. Each is connected where the program is put together; a step whose room is not there is refused
 * before a launch, in words.
 */

export interface Cause {
  journeyId: string;
  nodeId: string;
}

export interface TagPort {
  /** Gives a tag or takes it. `id`: the same for the same person of the same call, however often it is made. */
  give(
    workspaceNo: number,
    people: readonly number[],
    ask: { key: string; remove: boolean; value?: string | number | boolean | undefined; id(personNo: number): string },
  ): Promise<void>;
  /** Why a tag cannot be given so; nothing when it can. */
  problem(workspaceNo: number, ask: { key: string; remove: boolean; value?: unknown }): Promise<string | undefined>;
}

export type Issued = { issueId: string; code: string } | { refused: string };
export interface CouponPort {
  /** Repeated with the same key and person it gives the same coupon. */
  issue(
    workspaceNo: number,
    ask: { couponId: string; people: readonly number[]; key: string; cause: Cause },
  ): Promise<ReadonlyMap<number, Issued>>;
  /** Of these ids, those that can be issued. */
  issuable(workspaceNo: number, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Makes drafts among them ready, when a journey that gives them begins. */
  ready(workspaceNo: number, ids: readonly string[]): Promise<void>;
  /** A draft of a coupon, for a template; its id. */
  draft(workspaceNo: number, coupon: { name: string; amountFen: number; minFen: number; days: number; appOnly: boolean }): Promise<string>;
}

export interface TaskPort {
  /** Something for staff to see to. Repeated with the same key it is the same task. False: nobody looks after the person. */
  set(
    workspaceNo: number,
    ask: { personNo: number; staffId?: string | undefined; text: string; dueInDays: number; key: string; cause: Cause },
  ): Promise<boolean>;
}

export interface GroupPort {
  /** Where somebody joins the group behind a touchpoint; undefined: there is no such touchpoint. */
  invitation(workspaceNo: number, touchpointId: string): Promise<{ url: string; name: string } | undefined>;
}

export type Fit = { contentId: string; reasons?: string[] } | { none: string };
export interface MatchingPort {
  pick(
    workspaceNo: number,
    ask: { people: readonly number[]; among: readonly string[] | undefined; channel: string; at: Date; key: string },
  ): Promise<ReadonlyMap<number, Fit>>;
}

export interface RoomPorts {
  tags?: TagPort;
  coupons?: CouponPort;
  tasks?: TaskPort;
  groups?: GroupPort;
  matching?: MatchingPort;
  /** Posts a notice to the workspace's own webhook; true: there is nothing more to be done about it. */
  notify?(workspaceNo: number, key: string, payload: object): Promise<boolean>;
  /** Traits as they were sent, for days that they name. */
  traits?(workspaceNo: number, people: readonly number[]): Promise<ReadonlyMap<number, Record<string, unknown>>>;
  /** Of these ids, the touchpoints that exist. */
  touchpoints?(workspaceNo: number, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** What a program says about people as it is kept: without personal values in clear. */
  hide?(workspaceNo: number, data: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** People by the identities that others know them by, in the same order; undefined: nobody. */
  find?(workspaceNo: number, identities: readonly { type: string; id: string }[]): Promise<(number | undefined)[]>;
}
