import { newId, notFound, problem } from '../../base/index.ts';
import { WecomError, WecomUnreachable } from '../wecom/index.ts';
import { type PlanDeps, platformOf } from './ports.ts';
import type { WelcomeBody, WelcomeView } from './schema.ts';

/**
 * What newcomers of a group are greeted with. WeCom says it itself: we put the words among what it offers, and each owner chooses them for a group in the
 * client (it tells them to); %NICKNAME% is the newcomer's name.
 */

interface Row {
  id: string;
  name: string;
  purpose: string;
  text: string;
  link: { url: string; title: string } | null;
  template_id: string | null;
  error: string | null;
  updated_at: Date;
  groups: number;
}

const viewed = `SELECT w.id, w.name, w.purpose, w.text, w.link, w.template_id, w.error, w.updated_at,
  (SELECT count(*) FROM wecom_groups g WHERE g.workspace_no = w.workspace_no AND g.purpose = w.purpose AND w.purpose <> '' AND g.dismissed_at IS NULL) AS groups
  FROM group_welcomes w`;

const viewOf = (row: Row): WelcomeView => ({
  ...{ id: row.id, name: row.name, purpose: row.purpose, text: row.text, ...(row.link ? { link: row.link } : {}) },
  ...{
    offered: row.template_id !== null && row.error === null,
    error: row.error,
    groups: row.groups,
    updatedAt: row.updated_at.toISOString(),
  },
});

const GONE = new Set([40058, 40063, 41052]);

export function createWelcomes(deps: PlanDeps) {
  const { pg, clock } = deps;
  const row = async (workspaceNo: number, id: string): Promise<Row> => {
    const [found] = await pg.query<Row>(`${viewed} WHERE w.workspace_no = $1 AND w.id = $2`, [workspaceNo, id]);
    if (!found) throw notFound('This welcome');
    return found;
  };

  /** Puts it into WeCom's library, or what has changed. What the platform says against it is kept and shown. */
  const offer = async (workspaceNo: number, id: string): Promise<WelcomeView> => {
    const one = await row(workspaceNo, id);
    const platform = await platformOf(deps, workspaceNo);
    let [templateId, error]: [string | null, string | null] = [one.template_id, null];
    if (!platform) error = 'not_set_up';
    else {
      const message = {
        text: { content: one.text },
        ...(one.link ? { link: one.link } : {}),
        ...(platform.agentId === undefined ? {} : { agentid: platform.agentId }),
      };
      try {
        if (templateId === null) templateId = (await platform.client.call('group_welcome.add', { ...message, notify: 1 })).template_id;
        else await platform.client.call('group_welcome.edit', { ...message, template_id: templateId });
      } catch (caught) {
        if (!(caught instanceof WecomError || caught instanceof WecomUnreachable)) throw caught;
        error = caught instanceof WecomError ? `wecom_${caught.errcode}` : 'unreachable';
        if (caught instanceof WecomError && templateId !== null && GONE.has(caught.errcode)) templateId = null;
      }
    }
    await pg.query('UPDATE group_welcomes SET template_id = $3, error = $4 WHERE workspace_no = $1 AND id = $2', [
      ...[workspaceNo, id, templateId, error],
    ]);
    return viewOf(await row(workspaceNo, id));
  };

  return {
    list: async (workspaceNo: number) => ({
      items: (await pg.query<Row>(`${viewed} WHERE w.workspace_no = $1 ORDER BY w.id DESC`, [workspaceNo])).map(viewOf),
    }),
    get: async (workspaceNo: number, id: string) => viewOf(await row(workspaceNo, id)),
    add: async (workspaceNo: number, body: WelcomeBody): Promise<WelcomeView> => {
      const [{ n } = { n: 0 }] = await pg.query<{ n: number }>('SELECT count(*) AS n FROM group_welcomes WHERE workspace_no = $1', [
        workspaceNo,
      ]);
      if (n >= 100) throw problem(409, 'There are 100 welcomes', { detail: 'WeCom keeps no more; remove one first.' });
      const id = newId('gw', clock.ms());
      await pg.query(
        `INSERT INTO group_welcomes (workspace_no, id, name, purpose, text, link, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
        [workspaceNo, id, body.name, body.purpose, body.text, body.link ? JSON.stringify(body.link) : null, clock.now()],
      );
      return offer(workspaceNo, id);
    },
    /** The whole of it; asking again with the same is also the way to try once more what the platform refused. */
    change: async (workspaceNo: number, id: string, body: WelcomeBody): Promise<WelcomeView> => {
      await row(workspaceNo, id);
      await pg.query(
        `UPDATE group_welcomes SET name = $3, purpose = $4, text = $5, link = $6, updated_at = $7 WHERE workspace_no = $1 AND id = $2`,
        [workspaceNo, id, body.name, body.purpose, body.text, body.link ? JSON.stringify(body.link) : null, clock.now()],
      );
      return offer(workspaceNo, id);
    },
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      const one = await row(workspaceNo, id);
      const platform = await platformOf(deps, workspaceNo);
      if (one.template_id !== null && platform) {
        const { agentId } = platform;
        try {
          await platform.client.call('group_welcome.del', {
            template_id: one.template_id,
            ...(agentId === undefined ? {} : { agentid: agentId }),
          });
        } catch (error) {
          if (!(error instanceof WecomError && error.class === 'D')) throw error;
        }
      }
      await pg.query('DELETE FROM group_welcomes WHERE workspace_no = $1 AND id = $2', [workspaceNo, id]);
    },
  };
}
