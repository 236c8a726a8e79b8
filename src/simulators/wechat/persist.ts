import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from './context.ts';
import { createWorld, emptyCorpParts, type World } from './state.ts';

const asPlain = (_key: string, value: unknown) => (value instanceof Map ? { $map: [...value] } : value);
const asMap = (_key: string, value: unknown) =>
  value && typeof value === 'object' && '$map' in value && Array.isArray(value.$map) ? new Map(value.$map as [unknown, unknown][]) : value;

export const serialise = (world: World): string => JSON.stringify(world, asPlain);
export const deserialise = (text: string): World => JSON.parse(text, asMap) as World;

/** A file that cannot be understood is put aside, not overwritten: the simulator starts empty rather than not at all. */
export function loadWorld(file: string, log: Log): World | undefined {
  try {
    const world = deserialise(readFileSync(file, 'utf8'));
    for (const [id, corp] of world.corps) world.corps.set(id, { ...emptyCorpParts(), ...corp });
    for (const account of world.wx?.accounts.values() ?? []) account.media ??= new Map();
    return { ...createWorld(world.seed), ...world };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    renameSync(file, `${file}.unreadable`);
    log.warn({ file }, 'simulator file was unreadable and has been put aside');
    return undefined;
  }
}

/** Writes beside and renames, so that a stop at any instant leaves either the old or the new file. */
export function createSaver(file: string, everyMs: number, world: () => World, log: Log): { close(): void } {
  mkdirSync(dirname(file), { recursive: true });
  let last = '';
  function save(): void {
    const text = serialise(world());
    if (text === last) return;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    last = text;
  }
  const timer = setInterval(() => {
    try {
      save();
    } catch (error) {
      log.warn({ file, error: String(error) }, 'simulator state not saved');
    }
  }, everyMs);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      save();
    },
  };
}
