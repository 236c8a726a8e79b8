import { badInput, type Clock, newId } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { Ask } from '../ask.ts';
import type { Store } from '../definitions/store.ts';
import type { TagDefinition } from '../expand.ts';
import type { Scalar } from '../rule.ts';

export interface GiveOptions {
  remove?: boolean;
  value?: Scalar | undefined;
  by?: 'hand' | 'import' | 'model' | 'journey';
  /** What makes a repeat the same: of the whole act, or of each person. */
  messageId?: string | ((personNo: number) => string);
  /** The name of who gives it. */
  actor?: string | undefined;
}
const eventsAtOnce = 5_000;
const peopleAtOnce = 20_000;

/** Tags that are given: an event a person; what follows from it is worked out when it lands. */
export function createGive(deps: { clock: Clock; events: Pick<Events, 'write'>; store: Store; ask: Pick<Ask, 'membersOf'> }) {
  const { clock, events, store, ask } = deps;

  /** The tag if it can be given so. A key that is not there yet becomes a tag. */
  const givable = async (ws: number, key: string, { remove, value }: GiveOptions): Promise<TagDefinition> => {
    const tag = (await store.load(ws)).tags.find((t) => t.key === key);
    if (tag?.rule)
      throw badInput([{ field: 'key', reason: `the tag "${key}" follows from a rule; change the rule, or choose a tag given by hand` }]);
    if (!tag && remove) throw badInput([{ field: 'key', reason: `there is no tag "${key}"` }]);
    if (tag?.about?.values === 'none' && value !== undefined && !remove)
      throw badInput([{ field: 'value', reason: `the tag "${key}" takes no value; leave it out, or let the tag take values` }]);
    if (tag?.about?.values === 'many' && value === undefined && !remove)
      throw badInput([{ field: 'value', reason: `is missing; the tag "${key}" is a list of values` }]);
    return tag ?? store.addTag(ws, { key, name: { zh: key, en: key }, rule: null });
  };

  const write = async (ws: number, items: { no: number; id: string; event: string; properties: object; at?: Date }[]): Promise<void> => {
    for (let i = 0; i < items.length; i += eventsAtOnce) {
      const { rejected } = await events.write(
        ws,
        items.slice(i, i + eventsAtOnce).map(({ no, id, event, properties, at }) => ({
          messageId: id,
          event,
          timestamp: at ?? clock.now(),
          personNo: no,
          properties: { ...properties },
        })),
      );
      if (rejected.length) throw badInput([{ field: 'personIds', reason: rejected[0]!.reason }]);
    }
  };

  /** Gives people a tag or takes it from them. Of the other tags of its group that were given they lose those that they have. */
  const give = async (ws: number, people: readonly number[], key: string, options: GiveOptions = {}): Promise<number> => {
    const { remove = false, value, by = 'hand', actor } = options;
    const said = { by, ...(actor ? { actor } : {}) };
    const tag = await givable(ws, key, options);
    const act = options.messageId ?? newId('tagging', clock.ms());
    const idOf = typeof act === 'function' ? act : (no: number) => `${act}-${no}`;
    const group = tag.about?.group;
    const mates = group && !remove ? (await store.load(ws)).tags.filter((t) => t.key !== key && !t.rule && t.about?.group === group) : [];
    for (let i = 0; i < people.length; i += peopleAtOnce) {
      const some = people.slice(i, i + peopleAtOnce);
      for (const mate of mates) {
        const holders = await ask.membersOf(ws, { tag: mate.key }, { people: some });
        await write(
          ws,
          holders.map((no) => ({
            no,
            id: `${idOf(no)}-${mate.key}`,
            event: 'Tag Removed',
            properties: { key: mate.key, ...said, reason: 'excluded', for: key },
          })),
        );
      }
      await write(
        ws,
        some.map((no) => ({
          no,
          id: idOf(no),
          event: remove ? 'Tag Removed' : 'Tag Added',
          properties: { key, ...(value === undefined ? {} : { value }), ...said },
        })),
      );
    }
    return people.length;
  };
  return { give, write };
}
export type Give = ReturnType<typeof createGive>;
