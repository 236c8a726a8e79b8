export { isPublicAddress } from './addresses.ts';
export { boundary } from './boundary.ts';
export { type Ch, connectCh, type InsertOptions, sqlNumbers, sqlString, sqlStrings } from './clickhouse/index.ts';
export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { type Config, readConfig } from './config.ts';
export { badInput, type FieldError, notFound, Problem, problem } from './errors.ts';
export { AddressRefused, guardedLookup, isAllowedHost, isInternalAddress, type Resolve, systemResolve } from './guard.ts';
export { createGuardedHttp, type Guarded, type GuardedHttp } from './guarded-http.ts';
export { type App, createHttp } from './http.ts';
export { newId } from './ids.ts';
export { createJobs, type JobRun, type Jobs, type JobView, jobMigrations } from './jobs.ts';
export { lockFolder } from './lock.ts';
export { createLog, type Log, silentLog } from './log.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { type Migration, migrate } from './migrations.ts';
export { createPace } from './pace.ts';
export { decodeCursor, encodeCursor, pageQuery } from './page.ts';
export { connectPg, type EmbeddedPostgres, narrow, type Pg, startEmbeddedPostgres } from './postgres/index.ts';
export { baseZh } from './problems.zh.ts';
export { createTexts, type Language, languageOf, reasonsFor, type Say, type Texts } from './texts.ts';
export { createSigner, createTokens, type Tokens } from './tokens.ts';
export {
  blinder,
  derivedKeys,
  type FileKeys,
  keyMigrations,
  masterKeys,
  masterNames,
  newDataKey,
  openSealed,
  openText,
  readSealed,
  type SealedPlace,
  SealedWriter,
  sealing,
  sealText,
  unwrapKey,
  wrapKey,
} from './vault/index.ts';
