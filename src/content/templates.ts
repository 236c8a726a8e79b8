import { type Clock, type Pg, problem } from '../base/index.ts';
import type { ContentDoc } from './doc.ts';
import { itemRows } from './items.ts';
import { type ItemRow, itemOf } from './rows.ts';
import type { ContentItem } from './schema.ts';
import { readSettings } from './settings.ts';
import { type ParsedTemplate, parseTemplate } from './template.ts';
import { alsoSaid, type Worded, wordsFor } from './variants.ts';

/** Why an item is not sent now, whoever it is for. */
export type ContentObstacle = 'rights_expired' | 'not_approved';

export interface ReadyContent {
  /** As the channel says it: its own title and picture, and the page of the item where it names no other address. */
  item: ContentItem;
  words: Worded;
  template: ParsedTemplate;
  /** What the channel says beside the text: `title`, `preheader`, `template.fields.<name>`. */
  also: ReadonlyMap<string, ParsedTemplate>;
  obstacle: ContentObstacle | null;
}

/** For what somebody asks to send now, rather than what is in line. */
export function refuseObstacle(obstacle: ContentObstacle | null): void {
  if (obstacle === 'rights_expired')
    throw problem(409, 'The rights to this content have run out', {
      code: obstacle,
      detail: 'Renew them on the content, or choose another.',
    });
  if (obstacle === 'not_approved')
    throw problem(409, 'This content is not approved', {
      code: obstacle,
      detail: 'Only approved content is sent here: have it approved first.',
    });
}

/** A link that leads to the item's own page where none was given, and to the page of an H5 address, so that reading and forwarding are known. */
export function withPage(item: ContentItem): ContentItem {
  if (!item.pageUrl || (item.link && item.kind !== 'h5')) return item;
  return { ...item, link: { url: item.pageUrl, title: item.link?.title || item.name } };
}

/**
 * Content ready to be rendered many times. Templates are parsed once per version and channel and kept; the version is asked for each time, so a
 * change counts from the next send on. Where only approved content is sent, the last approved version stands for one that nobody has looked at yet.
 */
export function createTemplates(deps: { pg: Pg; clock: Clock; publicUrl: string }) {
  const { pg, clock } = deps;
  const toItem = itemOf(deps.publicUrl);
  const kept = new Map<string, Omit<ReadyContent, 'obstacle'>>();
  return async (workspaceNo: number, ids: readonly string[], channel = ''): Promise<Map<string, ReadyContent>> => {
    const wanted = [...new Set(ids)];
    const [rows, { onlyApproved }] = await Promise.all([itemRows(pg, workspaceNo, wanted), readSettings(pg, workspaceNo)]);
    const sent = onlyApproved ? await approvedDocs(pg, workspaceNo, rows) : rows;
    const ready = new Map<string, ReadyContent>();
    for (const row of sent) {
      const until = row.rights?.until;
      const expired = until !== undefined && Date.parse(until) <= clock.ms();
      const obstacle = expired ? 'rights_expired' : onlyApproved && row.approved_version === null ? 'not_approved' : null;
      const key = `${workspaceNo}:${row.id}:${channel}`;
      let one = kept.get(key);
      if (one?.item.version !== row.version || one.item.updatedAt !== row.updated_at.toISOString()) {
        const item = withPage(toItem(row));
        const words = wordsFor(item, channel);
        const read = parseTemplate(words.body);
        // Every saved body was read once before; one that an older version allowed is treated as missing.
        if ('errors' in read) continue;
        if (item.variants[channel as keyof typeof item.variants]?.title && item.link) item.link = { ...item.link, title: words.title };
        if (words.picture)
          item.card =
            item.card?.kind === 'mini_program' ? { ...item.card, picture: words.picture } : { kind: 'picture', picture: words.picture };
        const also = new Map(
          Object.entries(alsoSaid(channel, words)).flatMap(([field, said]): [string, ParsedTemplate][] => {
            const parsed = parseTemplate(said);
            return 'errors' in parsed ? [] : [[field, parsed.template]];
          }),
        );
        one = { item, words, template: read.template, also };
        if (kept.size > 1000) kept.clear();
        kept.set(key, one);
      }
      ready.set(row.id, { ...one, obstacle });
    }
    return ready;
  };
}

/** Each as it was approved last. */
export async function approvedDocs(pg: Pg, workspaceNo: number, rows: readonly ItemRow[]): Promise<ItemRow[]> {
  const older = rows.filter((row) => row.approved_version !== null && row.approved_version !== row.version);
  if (older.length === 0) return [...rows];
  const versions = await pg.query<{ id: string; version: number; item: ContentDoc }>(
    `SELECT v.item_id AS id, v.version, v.item FROM unnest($2::text[], $3::int[]) AS w (id, version)
     JOIN content_versions v ON v.workspace_no = $1 AND v.item_id = w.id AND v.version = w.version`,
    [workspaceNo, older.map((row) => row.id), older.map((row) => row.approved_version)],
  );
  const docs = new Map(versions.map((v) => [v.id, v]));
  return rows.map((row) => {
    const found = docs.get(row.id);
    // Rights are what they are now, whatever an older version says.
    return found ? { ...row, ...found.item, rights: row.rights, version: found.version } : row;
  });
}
