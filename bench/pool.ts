import type { System } from '../src/system.ts';
import { eventNames } from './definitions.ts';

/** Events of a year, skewed over people and names, about one in fourteen an order with a sum. */
export async function makeEvents(system: System, ws: number, rows: number, people: number): Promise<void> {
  const { ch, clock } = system;
  const names = eventNames.map((n) => `'${n}'`).join(', ');
  for (let part = 0; part < 10; part++)
    await ch.command(`INSERT INTO events (workspace_no, person_no, time, type, event, message_id, key, batch, received_at, source, carrier, properties)
      SELECT ${ws}, 1 + intDiv(sipHash64(number, 1) % ${people} * (sipHash64(number, 2) % 1000), 1000), fromUnixTimestamp64Milli(toInt64(${clock.ms()}) - toInt64(sipHash64(number, 3) % 31536000000)), 'track',
        [${names}][1 + least(sipHash64(number, 4) % 20, sipHash64(number, 5) % 24)] AS event, toString(number), number, 1, now64(3), 'http', 'web',
        concat('{"category":"c', toString(number % 12), '"', if(event LIKE 'Order%', concat(',"revenue":', toString(10 + number % 400), ',"revenue_fen":', toString((10 + number % 400) * 100)), ''), '}')
      FROM numbers(${Math.floor((part * rows) / 10)}, ${Math.floor(rows / 10)})`);
  await ch.command('OPTIMIZE TABLE events FINAL');
}
