import type { FieldError } from '../../base/index.ts';
import type { Deps } from '../ports.ts';
import type { Journey, JourneyChange, NewJourney } from '../schema.ts';
import { type ReadyRow, rowsOf, withRows } from './rows.ts';
import type { NewSop, SopChange, SopRowInput, SopView } from './schema.ts';
import { tableOf } from './table.ts';

/** The verbs of journeys that a table is kept by. */
export interface Definitions {
  create(workspaceNo: number, journey: NewJourney): Promise<Journey>;
  change(workspaceNo: number, id: string, change: JourneyChange): Promise<Journey>;
  get(workspaceNo: number, id: string): Promise<Journey>;
}

/** Calendars of persons: journeys that are tables of days. */
export function createPersonSops(deps: Pick<Deps, 'content'>, definitions: Definitions) {
  /** Words that are written in the table become content of the library. */
  const ready = async (
    workspaceNo: number,
    of: { name: string; purpose?: NewSop['purpose'] },
    rows: readonly SopRowInput[],
  ): Promise<ReadyRow[]> =>
    Promise.all(
      rows.map(async ({ text, ...row }) => {
        if (text === undefined) return row;
        const name = row.name || `${of.name} D${row.day} ${row.at}`;
        const made = await deps.content.create(workspaceNo, {
          name,
          kind: 'text',
          body: text,
          ...(of.purpose ? { purpose: of.purpose } : {}),
        });
        return { ...row, contentId: made.id };
      }),
    );
  return {
    /** Nothing where the journey is more than a table. */
    get: async (workspaceNo: number, id: string): Promise<SopView | undefined> => viewOf(await definitions.get(workspaceNo, id)),
    add: async (workspaceNo: number, { name, purpose, entry, rows }: NewSop): Promise<SopView> => {
      // Before any content is made: what does not fit leaves nothing behind.
      withRows(undefined, entry, rows);
      const graph = withRows(undefined, entry, await ready(workspaceNo, { name, purpose }, rows));
      return viewOf(await definitions.create(workspaceNo, { name, purpose, graph }))!;
    },
    change: async (workspaceNo: number, id: string, { name, purpose, entry, rows, inside }: SopChange): Promise<SopView> => {
      const before = await definitions.get(workspaceNo, id);
      withRows(before.graph, entry, rows);
      const of = { name: name ?? before.name, purpose: purpose === undefined ? before.purpose : purpose };
      const graph = withRows(before.graph, entry, await ready(workspaceNo, of, rows));
      const change = {
        ...(name === undefined ? {} : { name }),
        ...(purpose === undefined ? {} : { purpose }),
        ...(inside ? { inside } : {}),
      };
      return viewOf(await definitions.change(workspaceNo, id, { ...change, graph }))!;
    },
  };
}

export function viewOf({ id, name, purpose, state, version, graph, problems }: Journey): SopView | undefined {
  const table = tableOf(graph);
  if (!table) return undefined;
  const rows = rowsOf(table);
  const places = new Map(table.rows.flatMap(({ wait, only, send }, i) => [wait, only, send].map((node) => [node?.id, i] as const)));
  const ofRow = ({ field, reason }: FieldError): FieldError => {
    const [, no, more] = /^graph\.nodes\.(\d+)(.*)$/.exec(field) ?? [];
    const row = no === undefined ? undefined : places.get(graph.nodes[Number(no)]!.id);
    return { field: row === undefined ? field : `rows.${row}${more}`, reason };
  };
  return { id, name, purpose, state, version, entries: table.entries, rows, problems: problems.map(ofRow) };
}
