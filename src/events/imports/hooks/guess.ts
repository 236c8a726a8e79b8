import type { ImportKind, Mapping } from '../schema.ts';
import { guess, guessMapping } from '../targets.ts';
import { pathText } from './json-path.ts';

export interface SampleGuess {
  rows: string;
  kind: ImportKind;
  mapping: Mapping;
  paths: { path: string; example: string }[];
}

const mostPaths = 200;
const vague = /^(id|no|sn|code|name|title|time|date|status|state|type|value|amount|total)$/i;
const isObject = (v: unknown): v is Record<string, unknown> => v !== null && typeof v === 'object' && !Array.isArray(v);

/** Reads a sample payload: where its rows are, what its values are called, and what they probably mean. */
export function guessSample(sample: unknown, kind: ImportKind | undefined): SampleGuess {
  const list = findRows(sample, []);
  const inRows = list === undefined ? [] : leaves(list.first, []);
  const around = leaves(sample, []).filter(({ steps }) => list === undefined || !startsWith(steps, list.steps));
  const paths = [
    ...inRows.map(({ steps, value }) => ({ steps, path: pathText(steps), value })),
    ...around.map(({ steps, value }) => ({ steps, path: list === undefined ? pathText(steps) : `$.${pathText(steps)}`, value })),
  ].slice(0, mostPaths);
  const byName = new Map<string, string>();
  for (const { steps, path } of paths) {
    const names = steps.filter((s) => typeof s === 'string');
    const last = names.at(-1) ?? '';
    const name = vague.test(last) && names.length > 1 ? names.slice(-2).join(' ') : last;
    if (name !== '' && !byName.has(name)) byName.set(name, path);
  }
  const names = [...byName.keys()];
  const found = kind === undefined ? guess(names) : { kind, mapping: guessMapping(kind, names) };
  const mapping = Object.fromEntries(Object.entries(found.mapping).map(([target, name]) => [target, byName.get(name)!]));
  const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80);
  return {
    rows: list === undefined ? '' : pathText(list.steps),
    kind: found.kind,
    mapping,
    paths: paths.map((p) => ({ path: p.path, example: shown(p.value) })),
  };
}

/** The first list of objects, at most four steps in. */
function findRows(value: unknown, steps: string[]): { steps: string[]; first: unknown } | undefined {
  if (Array.isArray(value)) return isObject(value[0]) ? { steps, first: value[0] } : undefined;
  if (!isObject(value) || steps.length >= 4) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = findRows(inner, [...steps, key]);
    if (found) return found;
  }
  return undefined;
}

function leaves(value: unknown, steps: string[]): { steps: string[]; value: unknown }[] {
  if (!isObject(value)) return Array.isArray(value) || value === null || value === undefined ? [] : [{ steps, value }];
  if (steps.length >= 6) return [];
  return Object.entries(value)
    .slice(0, mostPaths)
    .flatMap(([key, inner]) => leaves(inner, [...steps, key]));
}

const startsWith = (steps: readonly string[], head: readonly string[]) => head.every((s, i) => steps[i] === s);
