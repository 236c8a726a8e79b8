import * as yutang from './yutang.ts';

type Calls = [name: keyof typeof yutang, ...args: unknown[]][];
const place = window as unknown as { yutang?: Calls | typeof yutang };

// A page may have called before this script came: yutang.push(['track', 'Tried']).
const before = place.yutang;
const all: Record<string, (...given: never[]) => unknown> = { ...yutang };
const call = ([name, ...args]: Calls[number]): unknown => all[name]?.(...(args as never[]));
if (!before || Array.isArray(before)) {
  place.yutang = { ...all, push: (...calls: Calls) => void calls.forEach(call) } as never;
  yutang.begin();
  if (before) before.forEach(call);
}
