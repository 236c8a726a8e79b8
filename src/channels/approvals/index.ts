export { type Approvals, createApprovals } from './approvals.ts';
export { approvalMigrations } from './migrations.ts';
export type { ApprovalKind } from './ports.ts';
export { approvalRoutes } from './routes.ts';
export { type ApprovalDetail, type ApprovalList, type ApprovalNeed, type ApprovalView, approvalNeed, type ForeseenStep } from './schema.ts';
