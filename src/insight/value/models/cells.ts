/**
 * Customers who look alike to a model: `n` of them with `x` repeat purchases, the last at `tx`, followed until `T` (both since the first purchase).
 * Kept as columns, with each distinct x, time and pair of them numbered, so that what depends on one of them alone is worked out once.
 */
export interface Cells {
  size: number;
  customers: number;
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  n: Float64Array;
  /** Distinct numbers of purchases, and which of them each cell has. */
  xs: Float64Array;
  xOf: Uint32Array;
  /** Distinct times, and which of them tx and T are. */
  times: Float64Array;
  txOf: Uint32Array;
  TOf: Uint32Array;
  /** Distinct pairs (x, time): places in `xs` and `times`, and which pair (x, tx) and (x, T) are. */
  pairX: Uint32Array;
  pairTime: Uint32Array;
  pairTx: Uint32Array;
  pairT: Uint32Array;
}

export interface Customer {
  x: number;
  tx: number;
  T: number;
  n?: number;
}

/** Joins equal customers. */
export function cellsOf(customers: Iterable<Customer>): Cells {
  const found = new Map<number, Map<number, Map<number, number>>>();
  const under = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
    const there = map.get(key) ?? make();
    map.set(key, there);
    return there;
  };
  for (const { x, tx, T, n = 1 } of customers) {
    const byT = under(
      under(found, x, () => new Map<number, Map<number, number>>()),
      tx,
      () => new Map<number, number>(),
    );
    byT.set(T, (byT.get(T) ?? 0) + n);
  }
  const rows: [number, number, number, number][] = [];
  for (const [x, byTx] of found) for (const [tx, byT] of byTx) for (const [T, n] of byT) rows.push([x, tx, T, n]);
  const column = (k: number) => Float64Array.from(rows, (row) => row[k]!);
  return cellsFrom({ x: column(0), tx: column(1), T: column(2), n: column(3) });
}

/** From columns whose rows are distinct already. */
export function cellsFrom({ x, tx, T, n }: { x: Float64Array; tx: Float64Array; T: Float64Array; n: Float64Array }): Cells {
  const size = x.length;
  const numbered = () => {
    const places = new Map<number, number>();
    return {
      values: places,
      place: (value: number): number => {
        const at = places.get(value) ?? places.size;
        if (at === places.size) places.set(value, at);
        return at;
      },
    };
  };
  const xs = numbered();
  const times = numbered();
  const pairs = numbered();
  const [xOf, txOf, TOf, pairTx, pairT] = Array.from({ length: 5 }, () => new Uint32Array(size)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const wide = 2 ** 26;
  let customers = 0;
  for (let i = 0; i < size; i++) {
    xOf[i] = xs.place(x[i]!);
    txOf[i] = times.place(tx[i]!);
    TOf[i] = times.place(T[i]!);
    pairTx[i] = pairs.place(xOf[i]! * wide + txOf[i]!);
    pairT[i] = pairs.place(xOf[i]! * wide + TOf[i]!);
    customers += n[i]!;
  }
  const keys = [...pairs.values.keys()];
  return {
    ...{ size, customers, x, tx, T, n, xOf, txOf, TOf, pairTx, pairT },
    xs: Float64Array.from(xs.values.keys()),
    times: Float64Array.from(times.values.keys()),
    pairX: Uint32Array.from(keys, (key) => Math.floor(key / wide)),
    pairTime: Uint32Array.from(keys, (key) => key % wide),
  };
}

/** Some of the customers, evenly chosen: enough to find the neighbourhood in which the whole has its optimum. */
export function someOf(cells: Cells, most: number): Cells {
  if (cells.size <= most) return cells;
  const every = Math.ceil(cells.size / most);
  const chosen: Customer[] = [];
  for (let i = 0; i < cells.size; i += every) chosen.push({ x: cells.x[i]!, tx: cells.tx[i]!, T: cells.T[i]!, n: cells.n[i]! });
  return cellsOf(chosen);
}
