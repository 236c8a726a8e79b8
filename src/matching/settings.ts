import type { z } from 'zod';
import type { MatchingDeps } from './ports.ts';
import { type MatchingSettings, type settingsChange, settingsSchema, usualSettings } from './schema.ts';

export type SettingsChange = z.output<typeof settingsChange>;

export function createSettings({ pg, clock }: Pick<MatchingDeps, 'pg' | 'clock'>) {
  const get = async (ws: number): Promise<MatchingSettings> => {
    const [row] = await pg.query<{ settings: SettingsChange }>('SELECT settings FROM match_settings WHERE workspace_no = $1', [ws]);
    return over(usualSettings, row?.settings ?? {});
  };
  return {
    get,
    set: async (ws: number, change: SettingsChange): Promise<MatchingSettings> => {
      const now = over(await get(ws), change);
      await pg.query(
        `INSERT INTO match_settings (workspace_no, settings, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_no) DO UPDATE SET settings = excluded.settings, changed_at = excluded.changed_at`,
        [ws, now, clock.now()],
      );
      return now;
    },
  };
}

const over = (base: MatchingSettings, { products, content }: SettingsChange): MatchingSettings =>
  settingsSchema.parse({ products: { ...base.products, ...products }, content: { ...base.content, ...content } });
