/** What is known of a person and a good when it is asked how well they fit. The order is the order of the weights. */
export interface Feature {
  key: string;
  /** SQL over the columns of `candidatesSql`. */
  sql: string;
  /** Which reason it speaks for. */
  speaks: 'again' | 'together' | 'popular' | 'level' | 'looked' | 'category' | 'price';
}

const own = (sql: string): string => `if(buys > 0, ${sql}, 0)`;

/**
 * `due`: how near the time since the last order is to the person's own interval (drawn towards the good's, where the person's are few), as the density of a
 * log-normal around it.
 */
export const features: readonly Feature[] = [
  { key: 'owned', sql: 'toFloat64(buys > 0)', speaks: 'again' },
  { key: 'times', sql: 'log1p(buys)', speaks: 'again' },
  { key: 'fresh', sql: 'log1p(fresh)', speaks: 'again' },
  { key: 'lasting', sql: 'log1p(lasting)', speaks: 'again' },
  { key: 'due', sql: 'if(buys > 1, due, 0)', speaks: 'again' },
  { key: 'dueOnce', sql: 'if(buys = 1, due, 0)', speaks: 'again' },
  { key: 'comesBack', sql: own('log(again)'), speaks: 'again' },
  { key: 'isRebought', sql: own('log((repeaters + 1) / (people + 10))'), speaks: 'again' },
  { key: 'together', sql: 'log1p(10 * knn / sqrt(total_pull + 1))', speaks: 'together' },
  { key: 'near', sql: 'log1p(10 * near)', speaks: 'together' },
  { key: 'hot', sql: 'log1p(hot)', speaks: 'popular' },
  { key: 'warm', sql: 'log1p(warm)', speaks: 'popular' },
  { key: 'level', sql: 'log1p(1000 * share)', speaks: 'level' },
  { key: 'looked', sql: 'look', speaks: 'looked' },
  { key: 'category', sql: 'sqrt(affinity)', speaks: 'category' },
  { key: 'price', sql: 'distance', speaks: 'price' },
];
