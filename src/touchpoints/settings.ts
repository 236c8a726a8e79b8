import { z } from 'zod';
import { problem } from '../base/index.ts';
import type { TouchpointDeps } from './ports.ts';

const fileName = /^MP_verify_([A-Za-z0-9]{1,64})\.txt$/;

export const settingsSchema = z.object({
  /** Who scans inside WeChat is known by the official account, without being asked. */
  knowInWechat: z.boolean(),
  /** The file by which the platform sees that this address is ours, by its name; the name says what is in it. */
  domainFile: z
    .string()
    .trim()
    .regex(fileName, { error: 'must be the name of the file as the platform gave it: MP_verify_….txt' })
    .nullable(),
});
export type TouchpointSettings = z.output<typeof settingsSchema>;

export function createSettings({ pg, platform }: Pick<TouchpointDeps, 'pg' | 'platform'>) {
  return {
    get: async (ws: number): Promise<TouchpointSettings> => {
      const [row] = await pg.query<TouchpointSettings>(
        'SELECT know_in_wechat AS "knowInWechat", domain_file AS "domainFile" FROM touchpoint_settings WHERE workspace_no = $1',
        [ws],
      );
      return row ?? { knowInWechat: false, domainFile: null };
    },
    set: async (ws: number, { knowInWechat, domainFile }: TouchpointSettings): Promise<void> => {
      if (knowInWechat && (await platform.signInAt?.(ws, 'https://example.com/', 'x')) === undefined)
        throw problem(409, 'The official account is not set up', { detail: 'Enter its settings under Settings, Channels.' });
      await pg.query(
        `INSERT INTO touchpoint_settings (workspace_no, know_in_wechat, domain_file) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_no) DO UPDATE SET know_in_wechat = excluded.know_in_wechat, domain_file = excluded.domain_file`,
        [ws, knowInWechat, domainFile],
      );
    },
    /** What is in such a file, if one of our workspaces was given it. */
    domainFile: async (name: string): Promise<string | undefined> => {
      const [held] = await pg.query('SELECT 1 FROM touchpoint_settings WHERE domain_file = $1 LIMIT 1', [name]);
      return held && fileName.exec(name)?.[1];
    },
  };
}
