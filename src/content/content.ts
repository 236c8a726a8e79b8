import { type Clock, notFound, type Pg } from '../base/index.ts';
import { changeItem, createItem, itemsOf, listItems, removeItem } from './items.ts';
import { addPicture, type Picture, pictureOf } from './pictures.ts';
import type { ContentChange, ContentItem, NewContent, Rendered } from './schema.ts';
import { parseTemplate, personScope, reasonOf } from './template.ts';
import { createTemplates, type ReadyContent } from './templates.ts';

export interface ContentDeps {
  pg: Pg;
  clock: Clock;
  /** Traits of people, by number: `traitsOf` of the people room with its connection. */
  traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** The number of a person id in this workspace; undefined when there is none. */
  personNo(workspaceNo: number, id: string): Promise<number | undefined>;
}

export interface Content {
  create(workspaceNo: number, item: NewContent): Promise<ContentItem>;
  change(workspaceNo: number, id: string, change: ContentChange): Promise<ContentItem>;
  remove(workspaceNo: number, id: string): Promise<void>;
  get(workspaceNo: number, id: string): Promise<ContentItem>;
  list(
    workspaceNo: number,
    query: { cursor?: string | undefined; limit: number },
  ): Promise<{ items: ContentItem[]; nextCursor: string | null }>;
  /** Items by id; those that do not exist are left out. */
  some(workspaceNo: number, ids: readonly string[]): Promise<ContentItem[]>;
  /** Items with their templates parsed, for rendering in numbers. */
  ready(workspaceNo: number, ids: readonly string[]): Promise<Map<string, ReadyContent>>;
  /** What a person, or nobody in particular, would read. */
  preview(workspaceNo: number, id: string, personId?: string): Promise<Rendered>;
  /** Keeps a picture, given as base64; its id. */
  addPicture(workspaceNo: number, base64: string): Promise<string>;
  picture(id: string): Promise<Picture>;
  /** Asks whoever uses content before one is removed: names of the users. */
  onRemove(usedBy: (workspaceNo: number, id: string) => Promise<string[]>): void;
}

export function createContent(deps: ContentDeps): Content {
  const { pg, clock } = deps;
  const users: ((workspaceNo: number, id: string) => Promise<string[]>)[] = [];
  const get = async (workspaceNo: number, id: string): Promise<ContentItem> => {
    const [item] = await itemsOf(pg, workspaceNo, [id]);
    if (!item) throw notFound('Content');
    return item;
  };
  return {
    create: (workspaceNo, item) => createItem(pg, clock, workspaceNo, item),
    change: (workspaceNo, id, change) => changeItem(pg, clock, workspaceNo, id, change),
    remove: async (workspaceNo, id) => {
      const names = await Promise.all(users.map((usedBy) => usedBy(workspaceNo, id)));
      await removeItem(pg, clock, workspaceNo, id, names.flat());
    },
    get,
    list: (workspaceNo, query) => listItems(pg, workspaceNo, query),
    some: (workspaceNo, ids) => itemsOf(pg, workspaceNo, ids),
    ready: createTemplates(pg),
    preview: async (workspaceNo, id, personId) => {
      const item = await get(workspaceNo, id);
      const traits = personId === undefined ? {} : await traitsOfOne(deps, workspaceNo, personId);
      const read = parseTemplate(item.body);
      if ('errors' in read) return { text: '', link: item.link, errors: read.errors };
      try {
        const text = read.template.render({ person: personScope(traits), link: item.link?.url ?? '' });
        const empty =
          text.trim() === '' ? [{ field: 'body', reason: 'gives an empty text for this person, so nothing would be sent' }] : [];
        return { text, link: item.link, errors: empty };
      } catch (error) {
        return { text: '', link: item.link, errors: [{ field: 'body', reason: reasonOf(error) }] };
      }
    },
    addPicture: (workspaceNo, base64) => addPicture(pg, clock, workspaceNo, base64),
    picture: (id) => pictureOf(pg, id),
    onRemove: (usedBy) => {
      users.push(usedBy);
    },
  };
}

async function traitsOfOne(deps: ContentDeps, workspaceNo: number, id: string): Promise<Record<string, unknown>> {
  const no = await deps.personNo(workspaceNo, id);
  if (no === undefined) throw notFound('Person');
  return (await deps.traits(workspaceNo, [no])).get(no) ?? {};
}
