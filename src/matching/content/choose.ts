import { assign, banditShares, lot } from '../../experiments/index.ts';
import type { Beliefs, Match } from './beliefs.ts';

export interface Option {
  content: string;
  match: Match;
}
export interface Chosen {
  option: Option;
  /** The chance that this person had of being given it. */
  propensity: number;
  /** What each option's chance was, in the order of the options. */
  shares: number[];
}

/** A belief is a record already: nothing is believed besides. */
const nothingMore = { a: 1e-6, b: 1e-6 };

/**
 * A contextual bandit: Thompson sampling, as shares, over the beliefs of the person's own context (level, channel, what of the contents they like), with a floor.
 * People of the same context and options have the same shares; who gets what is drawn by the seed and the person, so the same question has the same answer.
 */
export function createChooser(beliefs: Beliefs, floor: number) {
  const kept = new Map<string, number[]>();
  const sharesOf = (level: string, channel: string, options: readonly Option[]): number[] => {
    const key = JSON.stringify([level, channel, options.map((o) => [o.content, o.match])]);
    let shares = kept.get(key);
    if (!shares) {
      shares = banditShares(
        options.map((o) => beliefs.of(o.content, level, channel, o.match)),
        { floor: Math.min(floor, 1 / options.length), prior: nothingMore },
      );
      kept.set(key, shares);
    }
    return shares;
  };
  return {
    sharesOf,
    choose: (seed: string, personNo: number, level: string, channel: string, options: readonly Option[]): Chosen => {
      const shares = sharesOf(level, channel, options);
      const arm = assign(seed, personNo, shares);
      return { option: options[arm]!, propensity: shares[arm]!, shares };
    },
  };
}

/** Whether somebody is kept out of smart push: always the same people, whatever is pushed; with a larger share those and others. */
export const isHeldOut = (workspaceNo: number, personNo: number, share: number): boolean =>
  lot(`matching:${workspaceNo}:holdout`, personNo) < share;
