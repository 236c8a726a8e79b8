import { join } from 'node:path';
import type { Access } from './access/index.ts';
import {
  type App,
  boundary,
  type Ch,
  type Clock,
  type Config,
  derivedKeys,
  type Jobs,
  type Log,
  type Pg,
  systemResolve,
} from './base/index.ts';
import {
  createHooks,
  createImports,
  createPulls,
  createSecretBox,
  eventSink,
  hookRoutes,
  importRoutes,
  pullRoutes,
} from './events/imports/index.ts';
import type { Events } from './events/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { holdersOf } from './system-privacy.ts';

/** What brings in data from elsewhere: files, inbound webhooks, scheduled pulls. */
export async function openSources(deps: {
  config: Config;
  pg: Pg;
  ch: Ch;
  clock: Clock;
  jobs: Jobs;
  log: Log;
  masters: readonly string[];
  access: Access;
  privacy: Privacy;
  events: Events;
  publicUrl: string;
}) {
  const { config, pg, ch, clock, jobs, log, masters, access, privacy, events, publicUrl } = deps;
  const imports = createImports({
    pg,
    clock,
    jobs,
    log,
    dir: join(config.dataDir, 'imports'),
    // Read anew: another process may have made a new one.
    keys: (no) => privacy.keys.of(no).then(() => privacy.keys.reload(no)),
    events: eventSink(events, ch),
    people: (no, identities) => holdersOf(pg, privacy, no, identities),
    workspace: (no) => access.workspaces.get(no),
  });
  const secrets = createSecretBox(await derivedKeys(pg, masters, 'yutang secrets of sources'));
  const hooks = createHooks({
    pg,
    clock,
    events: eventSink(events, ch),
    workspace: (no) => access.workspaces.get(no),
    secrets,
    publicUrl,
    boundary,
  });
  const pulls = createPulls({
    pg,
    clock,
    jobs,
    log,
    imports,
    secrets,
    workspace: (no) => access.workspaces.get(no),
    guard: { allow: config.YUTANG_PULL_ALLOW, resolve: systemResolve },
  });
  return {
    imports,
    pulls,
    routes: async (app: App): Promise<void> => {
      await importRoutes(app, imports);
      await hookRoutes(app, hooks);
      pullRoutes(app, pulls);
    },
  };
}
