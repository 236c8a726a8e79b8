import { busyIdentity } from './detectors/busy-identity.ts';
import { checkoutsWithoutOrders } from './detectors/checkouts-without-orders.ts';
import { conflictBurst } from './detectors/conflict-burst.ts';
import { currencyChange } from './detectors/currency-change.ts';
import { emptyValues } from './detectors/empty-values.ts';
import { type Expectation, expectedMissed } from './detectors/expected-missed.ts';
import { futureTimes } from './detectors/future-times.ts';
import { lateEvents } from './detectors/late-events.ts';
import { mergeBurst } from './detectors/merge-burst.ts';
import { namesExplode } from './detectors/names-explode.ts';
import { nobody } from './detectors/nobody.ts';
import { ordersUnled } from './detectors/orders-unled.ts';
import { propertyLost } from './detectors/property-lost.ts';
import { propertyNew } from './detectors/property-new.ts';
import { refundsUnmatched } from './detectors/refunds-unmatched.ts';
import { refusedRise } from './detectors/refused-rise.ts';
import { saidTwice } from './detectors/said-twice.ts';
import { sentAgain } from './detectors/sent-again.ts';
import { shiftedTimes } from './detectors/shifted-times.ts';
import { typeClash } from './detectors/type-clash.ts';
import { unitChange } from './detectors/unit-change.ts';
import { valuesExplode } from './detectors/values-explode.ts';
import { volume } from './detectors/volume.ts';
import type { History } from './history.ts';
import type { Known, Suspicion } from './suspicion.ts';

/**
 * What all detectors say, as of the end of the history. `since`: the hour up to which was looked before. Those with a better reason come first, and what they found
 * is known to the ones after them.
 */
export function detect(
  history: History,
  since: number,
  known: readonly Known[],
  quiet: ReadonlySet<string>,
  expectations: readonly Expectation[] = [],
): Suspicion[] {
  const found: Suspicion[] = [];
  const so = (): Known[] => [...known, ...found.map((f) => ({ ...f, open: true }))];
  const add = (more: Suspicion[]) => found.push(...more.filter((s) => !quiet.has(s.subject)));
  add(busyIdentity(history, since));
  add(mergeBurst(history));
  add(conflictBurst(history));
  add(refusedRise(history));
  add(saidTwice(history, so()));
  add(volume(history, since, so(), quiet));
  add(expectedMissed(history, so(), expectations));
  add(shiftedTimes(history, so()));
  add(lateEvents(history, so()));
  add(futureTimes(history, so()));
  add(sentAgain(history, so()));
  add(nobody(history, so()));
  add(propertyLost(history));
  add(typeClash(history));
  add(propertyNew(history));
  add(emptyValues(history));
  add(valuesExplode(history));
  add(namesExplode(history));
  add(unitChange(history));
  add(currencyChange(history));
  add(ordersUnled(history));
  add(refundsUnmatched(history));
  add(checkoutsWithoutOrders(history, so()));
  return found;
}
