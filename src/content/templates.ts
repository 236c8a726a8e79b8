import type { Pg } from '../base/index.ts';
import { itemsOf } from './items.ts';
import type { ContentItem } from './schema.ts';
import { type ParsedTemplate, parseTemplate } from './template.ts';

export interface ReadyContent {
  item: ContentItem;
  template: ParsedTemplate;
}

/**
 * Content ready to be rendered many times. Templates are parsed once per version and kept;
 * the version is asked for each time, so a change counts from the next send on.
 */
export function createTemplates(pg: Pg) {
  const kept = new Map<string, ReadyContent>();
  return async (workspaceNo: number, ids: readonly string[]): Promise<Map<string, ReadyContent>> => {
    const ready = new Map<string, ReadyContent>();
    for (const item of await itemsOf(pg, workspaceNo, [...new Set(ids)])) {
      const key = `${workspaceNo}:${item.id}`;
      let one = kept.get(key);
      if (one?.item.version !== item.version) {
        const read = parseTemplate(item.body);
        // Every saved body was read once before; one that an older version allowed is treated as missing.
        if ('errors' in read) continue;
        one = { item, template: read.template };
        if (kept.size > 1000) kept.clear();
        kept.set(key, one);
      }
      ready.set(item.id, one);
    }
    return ready;
  };
}
