import type { HeatAnswer, PersonHeat, PersonValue, ValueAnswer } from '../../insight/index.ts';
import { get, post } from './http.ts';

export type {
  HeatAnswer,
  HeatFit,
  HeatReason,
  HotPerson,
  MatrixCell,
  PersonHeat,
  PersonValue,
  RfmRow,
  ValueAnswer,
  ValueFit,
  ValueGroup,
} from '../../insight/index.ts';

export type ValueBy = ValueAnswer['meta']['question']['by'];

export const worth = {
  value: (by: ValueBy, audiences?: string[]) => post<ValueAnswer>('/insight/value', { by, ...(audiences ? { audiences } : {}) }),
  fitValue: (settings: object) => post<{ id: string }>('/insight/value/fit', settings),
  ofPerson: (id: string) => get<PersonValue>(`/people/${id}/value`),
  heat: () => post<HeatAnswer>('/insight/heat', { limit: 50 }),
  fitHeat: (settings: object) => post<{ id: string }>('/insight/heat/fit', settings),
  heatOfPerson: (id: string) => get<PersonHeat>(`/people/${id}/heat`),
};
