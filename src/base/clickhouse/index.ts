export { type Ch, type ChOptions, connectCh, type InsertOptions } from './connect.ts';
export { sqlString, sqlStrings } from './literal.ts';
