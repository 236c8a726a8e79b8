import type { Random } from './random.ts';

export interface Fault {
  /** the path, or its end (`externalcontact/get`), or `*` */
  endpoint: string;
  errcode?: number;
  errmsg?: string;
  httpStatus?: number;
  /** the connection is cut without an answer */
  drop?: boolean;
  latencyMs?: number;
  /** `before`: nothing is done (default). `after`: the work is done and only the answer goes wrong. */
  when?: 'before' | 'after';
  times?: number;
  rate?: number;
}

export interface Faults {
  set(fault: Fault): void;
  clear(endpoint?: string): void;
  list(): Fault[];
  take(path: string): Fault | undefined;
}

export function createFaults(random: Random): Faults {
  let faults: Fault[] = [];
  const matches = (fault: Fault, path: string) => fault.endpoint === '*' || path === fault.endpoint || path.endsWith(`/${fault.endpoint}`);
  return {
    set: (fault) => void faults.push({ ...fault }),
    clear(endpoint) {
      faults = endpoint === undefined ? [] : faults.filter((f) => f.endpoint !== endpoint);
    },
    list: () => faults.map((f) => ({ ...f })),
    take(path) {
      const fault = faults.find((f) => matches(f, path) && (f.rate === undefined || random.chance(f.rate)));
      if (fault?.times !== undefined) {
        fault.times -= 1;
        if (fault.times <= 0) faults = faults.filter((f) => f !== fault);
      }
      return fault;
    },
  };
}
