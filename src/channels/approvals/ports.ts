import type { z } from 'zod';
import type { Actor, AuditEntry, Permission } from '../../access/index.ts';
import type { Clock, Log, Pg } from '../../base/index.ts';
import type { ApprovalView, ForeseenStep } from './schema.ts';

/** What something that waits for approval is now. */
export interface Weighed {
  name: string;
  /** Whom it would reach. */
  people: number;
  /** What is approved beside what was asked: where it differs from when it was asked for, the request is void. */
  print: unknown;
}

/** A way in which many people get messages. */
export interface ApprovalKind<Ask = Record<string, unknown>> {
  /** What whoever asks must be allowed to do. */
  permission: Permission;
  ask: z.ZodType<Ask>;
  /** What of it is kept, such as a graph without personal values. */
  keep?(workspaceNo: number, subject: string, ask: Ask): Promise<Ask>;
  weigh(workspaceNo: number, subject: string, ask: Ask): Promise<Weighed>;
  foresee?(workspaceNo: number, subject: string, ask: Ask): Promise<ForeseenStep[]>;
  /** Does it, for whoever asked. */
  act(workspaceNo: number, subject: string, ask: Ask, by: Actor): Promise<unknown>;
}

export interface ApprovalDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** Above how many people somebody else must look; null: never. */
  above(workspaceNo: number): Promise<number | null>;
  /** Members who may decide. */
  approvers(workspaceNo: number): Promise<{ id: string }[]>;
  audit(entry: AuditEntry): Promise<void>;
  /** Tells that something waits, or has been decided. */
  notify(workspaceNo: number, key: string, approval: ApprovalView): Promise<void>;
}
