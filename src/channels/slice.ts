/** What has landed. */
export interface Slice {
  workspaceNo: number;
  fromBatch: number;
  toBatch: number;
  names: ReadonlySet<string>;
}
