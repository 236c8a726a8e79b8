import { badInput, newId, notFound } from '../base/index.ts';
import { personNo as numberOf, survivingPerson } from '../people/index.ts';
import type { ConsentChangeInput, ConsentRecord } from './consent-schema.ts';
import { keepConsents } from './consents.ts';
import type { Deps } from './ports.ts';

interface Said {
  purpose: string;
  channel: string;
  granted: boolean;
  at: string;
  source: string;
  by: string | null;
  note: string | null;
}

/** What a person said about being written to: what holds now, and every word of theirs with its source and time. */
export async function readConsents(deps: Deps, workspaceNo: number, id: string): Promise<ConsentRecord> {
  const person = await theirs(deps, workspaceNo, id);
  const [now, history] = await Promise.all([
    deps.pg.query<{ purpose: string; channel: string; granted: boolean; at: Date }>(
      'SELECT purpose, channel, granted, at FROM consents WHERE workspace_no = $1 AND person_no = $2 ORDER BY purpose, channel',
      [workspaceNo, person],
    ),
    // The events are the record; the table is only what follows from them.
    deps.ch.query<Said>(
      `SELECT ifNull(properties.purpose.:String, '*') AS purpose, ifNull(properties.channel.:String, '*') AS channel, properties.granted.:Bool AS granted,
         time AS at, if(source = 'yutang', ifNull(properties.source.:String, 'console'), source) AS source, properties.by.:String AS by, properties.note.:String AS note
       FROM ${deps.events.source(workspaceNo)} WHERE person_no = ${person} AND type = 'track' AND event = 'Consent Changed' AND isNotNull(granted)
       ORDER BY time DESC LIMIT 500`,
    ),
  ]);
  return { items: now.map((c) => ({ ...c, at: c.at.toISOString() })), history };
}

/** Notes what a person said, as an event like any other; it holds at once. `about`: the message that made them say it. */
export async function changeConsents(
  deps: Deps,
  workspaceNo: number,
  id: string,
  changes: readonly ConsentChangeInput[],
  by: string,
  about?: { outboxId: string; contentId: string; journeyId?: string },
): Promise<ConsentRecord> {
  const person = await theirs(deps, workspaceNo, id);
  const now = deps.clock.now();
  const asked = newId('cns', now.getTime());
  const at = changes.map((c) => (c.at === undefined ? now : new Date(c.at)));
  const late = at.findIndex((a) => a.getTime() > now.getTime());
  if (late >= 0) throw badInput([{ field: `consents.${late}.at`, reason: 'lies in the future' }]);
  await deps.events.write(
    workspaceNo,
    changes.map(({ purpose, channel, granted, source, note }, i) => ({
      messageId: `${asked}-${i}`,
      event: 'Consent Changed',
      timestamp: at[i]!,
      personNo: person,
      source: 'yutang',
      properties: { ...about, purpose, channel, granted, source, by, ...(note === undefined ? {} : { note }) },
    })),
  );
  await keepConsents(
    deps.pg,
    workspaceNo,
    changes.map(({ purpose, channel, granted }, i) => ({ personNo: person, purpose, channel, granted, at: at[i]! })),
  );
  return readConsents(deps, workspaceNo, id);
}

async function theirs(deps: Deps, workspaceNo: number, id: string): Promise<number> {
  const person = await survivingPerson(deps.pg, workspaceNo, numberOf(id));
  if (person === undefined) throw notFound('Person');
  return person;
}
