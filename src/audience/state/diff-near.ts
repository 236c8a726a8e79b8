import type { Ch } from '../../base/index.ts';
import { askNear } from '../near/near.ts';
import { differenceOf, type Known } from './diff.ts';
import type { Changed } from './diff-sql.ts';
import type { Unit } from './units.ts';

/** The people of the source of whom something is now different, worked out in this process; undefined if they have too many events for that. */
export async function changedNear(
  ch: Pick<Ch, 'bytes'>,
  source: (columns: readonly string[]) => string,
  known: ReadonlyMap<number, Known>,
  run: { asOf: number; units: readonly Unit[]; gone: readonly string[]; whole: boolean },
): Promise<Changed[] | undefined> {
  const places = new Map<Unit, number>();
  const rules = run.units.flatMap((u) => u.options.map((o) => o.rule));
  let place = 0;
  for (const u of run.units) {
    places.set(u, place);
    place += u.options.length;
  }
  const changed: Changed[] = [];
  const asked = await askNear(ch, { rules, asOf: run.asOf, source, due: true }, (person, holds, due) => {
    const found = {
      ...run,
      holds: (unit: Unit, option: number) => holds[places.get(unit)! + option]!(),
      // `due` is an asOf; what is kept is the instant at which the person is to be run again.
      due: due() - 1,
    };
    const difference = differenceOf(person, known.get(person), found);
    if (difference) changed.push(difference);
  });
  return asked ? changed : undefined;
}
