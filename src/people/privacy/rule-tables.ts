/** Where rules of all rooms are kept, which rows are a workspace's, and whether they are those that hold now. */
export const ruleTables = [
  { table: 'definitions', column: 'rule', of: 'workspace_no = $1', current: true },
  { table: 'definition_versions', column: 'rule', of: 'workspace_no = $1', current: false },
  { table: 'audiences', column: 'rule', of: 'workspace_no = $1', current: true },
  { table: 'coupons', column: 'rule', of: 'workspace_no = $1', current: true },
  { table: 'insight_questions', column: 'question', of: 'workspace_no = $1', current: true },
  { table: 'journeys', column: 'graph', of: 'workspace_no = $1', current: true },
  { table: 'journey_versions', column: 'graph', of: 'journey_no IN (SELECT no FROM journeys WHERE workspace_no = $1)', current: false },
];
