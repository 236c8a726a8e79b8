import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { World } from './state.ts';

const asPlain = (_key: string, value: unknown) => (value instanceof Map ? { $map: [...value] } : value);
const asMap = (_key: string, value: unknown) =>
  value && typeof value === 'object' && '$map' in value && Array.isArray(value.$map) ? new Map(value.$map as [unknown, unknown][]) : value;

export const serialise = (world: World): string => JSON.stringify(world, asPlain);
export const deserialise = (text: string): World => JSON.parse(text, asMap) as World;

export function loadWorld(file: string): World | undefined {
  try {
    return deserialise(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes beside and renames, so that a stop at any instant leaves either the old or the new file. */
export function createSaver(file: string, everyMs: number, world: () => World): { save(): void; close(): void } {
  let last = '';
  function save(): void {
    const text = serialise(world());
    if (text === last) return;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    last = text;
  }
  const timer = setInterval(save, everyMs);
  timer.unref();
  return {
    save,
    close() {
      clearInterval(timer);
      save();
    },
  };
}
