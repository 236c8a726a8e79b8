import type { ExploreState } from './state.ts';

export interface BuilderProps {
  state: ExploreState;
  set: (change: Partial<ExploreState>) => void;
}
