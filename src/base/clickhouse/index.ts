export { type Ch, type ChOptions, connectCh, type InsertOptions } from './connect.ts';
export { sqlNumbers, sqlString, sqlStrings } from './literal.ts';
