import type { Migration } from '../../base/index.ts';

/** Devices of people. The token is sealed like a secret of an account, and found by its hash; `first_no`: whose it was before a merge. */
export const pushMigrations: Migration[] = [
  {
    room: 'channels.push',
    n: 1,
    name: 'devices of people',
    pg: `
CREATE TABLE push_devices (
  workspace_no int NOT NULL, provider text NOT NULL, hash text NOT NULL, person_no bigint NOT NULL, first_no bigint,
  sealed text NOT NULL, platform text, device_id text, seen_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, provider, hash));
CREATE INDEX push_devices_person ON push_devices (workspace_no, person_no);`,
  },
];
