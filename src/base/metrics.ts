import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry of Prometheus metrics with the process's own figures; rooms add theirs. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
export type Metrics = Registry;
