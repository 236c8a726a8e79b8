import type { Context } from '../context.ts';
import { must, mustCorp } from '../context.ts';
import type { Corp, Tag, TagGroup } from '../state.ts';
import { findTag, newId } from '../state.ts';

/** Removes tags from their groups and from every customer; a group left without tags goes too. */
export function removeTags(corp: Corp, tagIds: Set<string>): void {
  for (const group of corp.tagGroups) group.tags = group.tags.filter((t) => !tagIds.has(t.id));
  corp.tagGroups = corp.tagGroups.filter((g) => g.tags.length > 0);
  for (const followers of corp.relations.values()) {
    for (const relation of followers.values()) relation.tags = relation.tags.filter((id) => !tagIds.has(id));
  }
}

/** What an admin does in the console: unlike the same deed through the API, each tells the apps. */
export function createTagActions(ctx: Context) {
  const { world, clock, callbacks } = ctx;

  const tell = (corp: Corp, ChangeType: string, Id: string, TagType: 'tag' | 'tag_group') =>
    callbacks.emit(corp, Id, () => ({ Event: 'change_external_tag', ChangeType, Id, TagType }));

  return {
    createTag(corpid: string, groupName: string, name: string): { group: TagGroup; tag: Tag } {
      const corp = mustCorp(world, corpid);
      let group = corp.tagGroups.find((g) => g.name === groupName);
      if (!group) {
        group = { id: newId(world, 'et'), name: groupName, order: 0, createdAt: clock.ms(), tags: [] };
        corp.tagGroups.push(group);
        tell(corp, 'create', group.id, 'tag_group');
      }
      const tag: Tag = { id: newId(world, 'et'), name, order: 0, createdAt: clock.ms() };
      group.tags.push(tag);
      tell(corp, 'create', tag.id, 'tag');
      return { group, tag };
    },

    renameTag(corpid: string, tagId: string, name: string): void {
      const corp = mustCorp(world, corpid);
      must(findTag(corp, tagId), 'id', 'no such tag').tag.name = name;
      tell(corp, 'update', tagId, 'tag');
    },

    deleteTag(corpid: string, tagId: string): void {
      const corp = mustCorp(world, corpid);
      must(findTag(corp, tagId), 'id', 'no such tag');
      removeTags(corp, new Set([tagId]));
      tell(corp, 'delete', tagId, 'tag');
    },

    shuffleTags(corpid: string): void {
      const corp = mustCorp(world, corpid);
      corp.tagGroups.reverse();
      callbacks.emit(corp, 'tags', () => ({ Event: 'change_external_tag', ChangeType: 'shuffle' }));
    },
  };
}
