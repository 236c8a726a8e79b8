import { ws } from './journeys.fixture.ts';
import { beijingDay, breaches, type Ledger, ledgerOf } from './respect-check-platforms.fixture.ts';
import { caps, competeMinutes, fatigueAbove, hours, type Person, type Stayed, type World } from './respect-world.fixture.ts';

/**
 * Looks at what reached the receivers and at the outbox, and knows the rules only from here: written without the room's own code, one message after the
 * other. What it finds broken comes back in words.
 */

const dayMs = 86_400_000;
const marketing = new Set(['benefit', 'convert', 'community']);

interface Line {
  no: number;
  person: number;
  channel: string;
  purpose: string | null;
  journey: string;
  state: string;
  reason: string | null;
  priority: number;
  due: number;
  decided: number | null;
}

export interface Checked {
  broken: string[];
  asked: number;
  sent: number;
  waiting: number;
  skipped: Record<string, number>;
  failed: Record<string, number>;
  /** How often messages were put off by a platform's limit. */
  putOff: Record<string, number>;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function minutesThere(at: number, zone: string): number {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(zone, clock);
  const [h, m] = clock.format(at).split(':');
  return Number(h) * 60 + Number(m);
}

function quiet(at: number, zone: string, channel: string): boolean {
  if (channel === 'webhook') return false;
  const { from, to } = channel === 'sms' ? hours.sms : hours.usual;
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const now = minutesThere(at, zone);
  return now >= minutes(from) || now < minutes(to);
}

function refused(person: Person, at: number, purpose: string, channel: string): boolean {
  if (purpose !== 'notify' && person.refusesAll) return true;
  if (marketing.has(purpose) && person.refusesMarketing) return true;
  let last: { at: number; granted: boolean } | undefined;
  for (const word of person.words) {
    if (word.at > at || word.purpose !== purpose || (word.channel !== channel && word.channel !== '*')) continue;
    if (!last || word.at > last.at || (word.at === last.at && !word.granted)) last = word;
  }
  return last?.granted === false;
}

interface Sent {
  at: number;
  channel: string;
  purpose: string;
  priority: number;
  journey: string;
}

/** Which caps leave no room for one more at this moment. */
const full = (had: readonly Sent[], at: number, channel: string, purpose: string): string[] =>
  caps.flatMap((cap) => {
    if (cap.channel !== undefined && cap.channel !== channel) return [];
    if (cap.purpose === undefined ? !marketing.has(purpose) : cap.purpose !== purpose) return [];
    const count = had.filter(
      (one) =>
        one.at > at - cap.days * dayMs &&
        (cap.channel === undefined || one.channel === cap.channel) &&
        (cap.purpose === undefined ? marketing.has(one.purpose) : one.purpose === cap.purpose),
    ).length;
    return count >= cap.messages ? [JSON.stringify(cap)] : [];
  });

function tired(person: Person, had: readonly Sent[], at: number): number {
  let pressure = 0;
  for (const one of had) if (marketing.has(one.purpose) && one.at > at - 28 * dayMs) pressure += 0.5 ** ((at - one.at) / (7 * dayMs));
  if (pressure === 0) return 0;
  const said = Math.max(
    0,
    ...person.words.filter((w) => !w.granted && w.at <= at && w.at >= at - 90 * dayMs).map((w) => 0.5 ** ((at - w.at) / (30 * dayMs))),
  );
  return 100 * (1 - Math.exp(-(pressure / 8 + said)));
}

const beijingHour = (at: number): number => Math.floor(((at + 8 * 3_600_000) % dayMs) / 3_600_000);

/** Advertisements by text message: by day, in Beijing. */
const advertises = (at: number): boolean => beijingHour(at) >= 8 && beijingHour(at) < 21;

interface Happened {
  at: number;
  arrival?: World['arrived'][number];
  stay?: Stayed;
  line: Line;
}

/** Why what is said of a message that was handed over and did not go is not so. */
function untrue(stay: Stayed, line: Line, ledger: Ledger): string | undefined {
  if (stay.reason === 'sms.marketing.hours')
    return marketing.has(line.purpose ?? '') && !advertises(stay.at) ? undefined : 'it might have gone';
  if (stay.reason === 'official.template.perDay') return ledger.templatesUsedUp(stay.at) ? undefined : 'the day had some left';
  if (stay.reason === 'no_grant') return line.channel === 'mini_program' && !ledger.agreed(stay) ? undefined : 'the person had agreed';
  return 'nobody knows this reason';
}

export async function check(world: World): Promise<Checked> {
  const { h, people, arrived, stayed, pauses, journeys } = world;
  const broken: string[] = [];
  const say = (what: string) => broken.length < 20 && broken.push(what);
  const lines = await h.engines.pg.query<Line>(
    `SELECT no, person_no AS person, channel, purpose, journey_id AS journey, state, reason, priority, (extract(epoch FROM due_at) * 1000)::bigint AS due,
       (extract(epoch FROM decided_at) * 1000)::bigint AS decided FROM outbox WHERE workspace_no = $1 ORDER BY no`,
    [ws],
  );
  const byId = new Map(lines.map((line) => [`msg_${line.no.toString(36).padStart(9, '0')}`, line]));

  // Everything that was asked for is sent, skipped for a reason, or waits: journey by journey.
  const [skipped, failed, putOff] = [{}, {}, {}] as [Checked['skipped'], Checked['failed'], Checked['putOff']];
  const count = (into: Record<string, number>, reason: string): void => {
    into[reason] = (into[reason] ?? 0) + 1;
  };
  let [sent, waiting] = [0, 0];
  const perJourney = new Map<string, number>();
  for (const line of lines) {
    perJourney.set(line.journey, (perJourney.get(line.journey) ?? 0) + 1);
    // Taken by who carries it; what became of it there is told later.
    if (line.state === 'sent' || line.state === 'submitted') sent += 1;
    else if (line.state === 'queued') waiting += 1;
    else if (line.state === 'skipped' && line.reason) count(skipped, line.reason);
    else if (line.state === 'failed' && line.reason) count(failed, line.reason);
    else say(`${line.no} is ${line.state} ${line.reason}`);
  }
  const asked = await h.engines.pg.query<{ id: string; n: number }>(
    'SELECT j.id, count(*) AS n FROM journey_people p JOIN journeys j ON j.no = p.journey_no WHERE j.workspace_no = $1 GROUP BY 1',
    [ws],
  );
  for (const id of journeys) {
    const n = asked.find((one) => one.id === id)?.n ?? 0;
    if (n !== (perJourney.get(id) ?? 0)) say(`journey ${id} asked for ${n}, the outbox has ${perJourney.get(id)}`);
  }
  if (arrived.length !== sent) say(`${arrived.length} arrived, ${sent} are said to be sent`);

  const ledger = ledgerOf(world);
  for (const what of breaches(world)) say(what);

  // What happened to each person, in the order in which it happened.
  const ofPerson = new Map<number, Happened[]>();
  const note = (no: number, what: Happened) => {
    const list = ofPerson.get(no);
    if (list) list.push(what);
    else ofPerson.set(no, [what]);
  };
  for (const arrival of arrived) {
    const line = byId.get(arrival.outboxId);
    if (line?.state !== 'sent' && line?.state !== 'submitted') say(`${arrival.outboxId} arrived and is not sent`);
    else note(line.person, { at: arrival.at, arrival, line });
  }
  for (const line of lines) if (line.state === 'skipped') note(line.person, { at: line.decided!, line });

  for (const stay of stayed) {
    if (stay.state === 'retry') count(putOff, stay.reason);
    const line = byId.get(stay.outboxId);
    if (line) note(line.person, { at: stay.at, stay, line });
  }

  for (const [no, all] of ofPerson) {
    const person = people.get(no)!;
    const had: Sent[] = [];
    const days = new Map<string, number>();
    // At one instant what was sent is looked at before what was skipped for it.
    for (const { at, arrival, stay, line } of all.sort((a, b) => a.at - b.at || Number(!a.arrival) - Number(!b.arrival))) {
      const { channel, purpose: kind } = line;
      const purpose = kind ?? '';
      const where = `${line.no} (person ${no}, ${channel}, ${purpose}, ${new Date(at).toISOString()})`;
      const isRefused = refused(person, at, purpose, channel);
      const day = `${line.channel} ${beijingDay(at)}`;
      if (arrival) {
        if (arrival.address !== (channel === 'webhook' ? '' : person.addresses[channel])) say(`${where} went to another address`);
        if (quiet(at, person.zone, channel)) say(`${where} came in quiet hours of ${person.zone}`);
        if (isRefused) say(`${where} was refused and came`);
        if (pauses.some((p) => at >= p.from && at < p.to)) say(`${where} came while all was paused`);
        if (marketing.has(purpose) && tired(person, had, at) > fatigueAbove + 0.5) say(`${where} came to somebody tired`);
        for (const cap of full(had, at, channel, purpose)) say(`${where} is over ${cap}`);
        const today = (days.get(day) ?? 0) + 1;
        if (channel === 'wecom' && today > 1) say(`${where} is over the platform's one a day`);
        days.set(day, today);
        if (channel === 'sms' && today > 1) say(`${where} is over the platform's one a day to a number`);
        if (channel === 'sms' && marketing.has(purpose) && !advertises(at)) say(`${where} is an advertisement outside the hours for them`);
        had.push({ at, channel, purpose, priority: line.priority, journey: line.journey });
        continue;
      }
      if (stay) {
        const why = untrue(stay, line, ledger);
        if (why) say(`${where} stayed as ${stay.reason}: ${why}`);
        continue;
      }
      // What was in hand at that very moment counted too, although it did not go in the end.
      const counted = [
        ...had,
        ...all.flatMap((one) =>
          one.stay && one.at === at
            ? [{ at, channel: one.line.channel, purpose: one.line.purpose ?? '', priority: one.line.priority, journey: one.line.journey }]
            : [],
        ),
      ];
      const onAddress =
        (days.get(day) ?? 0) +
        counted.filter((one) => one.channel === channel).length -
        had.filter((one) => one.channel === channel).length;
      const truths: Record<string, () => boolean> = {
        no_address: () => person.addresses[channel] === undefined && channel !== 'webhook',
        no_consent: () => isRefused,
        // Of two of one step decided at one moment the second is one, whatever then stops the first: it would have met the same.
        duplicate: () =>
          counted.some((one) => one.journey === line.journey && one.at > at - dayMs) ||
          all.some((one) => one.at === at && one.line.journey === line.journey && one.line.no < line.no),
        fatigued: () => marketing.has(purpose) && tired(person, counted, at) > fatigueAbove - 0.5,
        capped: () => full(counted, at, channel, purpose).some((cap) => !cap.includes('purpose')),
        capped_purpose: () => full(counted, at, channel, purpose).some((cap) => cap.includes('purpose')),
        outranked: () => counted.some((one) => one.priority > line.priority && one.at >= line.due - competeMinutes * 60_000),
        'wecom.mass.perCustomer': () => channel === 'wecom' && onAddress >= 1,
        'sms.perNumber.perDay': () => channel === 'sms' && onAddress >= 1,
      };
      if (!truths[line.reason!]?.()) say(`${where} was skipped as ${line.reason}, which is not so`);
    }
    // Of those that competed the higher went: nothing lower left while a higher one, due within the time, was stopped by the caps for want of its room.
    // Text messages have a cap of their own, which nothing else takes room from.
    for (const { line: high, at } of all)
      if (high.state === 'skipped' && high.reason === 'capped' && high.channel !== 'sms')
        for (const { line: low, at: went, arrival } of all)
          if (
            arrival !== undefined &&
            low.priority < high.priority &&
            marketing.has(low.purpose ?? '') &&
            went >= high.due &&
            went <= at &&
            Math.abs(low.due - high.due) <= competeMinutes * 60_000
          )
            say(`${low.no} went before ${high.no}, which is of higher priority`);
  }
  return { broken, asked: lines.length, sent, waiting, skipped, failed, putOff };
}
