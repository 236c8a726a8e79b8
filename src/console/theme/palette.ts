/** Okabe–Ito, reordered so that neighbours differ in lightness as well as hue: safe for colour blindness. */
export const SERIES = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#8C6BB1', '#7F7F7F'];
export const SERIES_DARK = ['#4EA8DE', '#F2B134', '#2BC49A', '#E39AC0', '#8AD0F5', '#F0803C', '#B39DDB', '#A8A8A8'];

/** The ladder is ordered, so its colours are one ramp from pale water to deep water, with gold at its top. */
const LEVEL_COLOURS: Record<string, string> = {
  basic: '#9fb8c3',
  member: '#5fa8bf',
  buyer: '#2587a6',
  repeat: '#0b5f7a',
  koc: '#d98c00',
  none: '#c8c8c8',
};

const STAGE_COLOURS: Record<string, string> = {
  new: '#56B4E9',
  active: '#009E73',
  silent: '#E69F00',
  churned: '#D55E00',
  paying: '#0072B2',
};

/** Tiers are ordered too. */
const TIER_COLOURS: Record<string, string> = {
  lost: '#b0a79f',
  low_frequency: '#9fb8c3',
  ordinary: '#5fa8bf',
  quality: '#2587a6',
  loyal: '#d98c00',
};

export const STANDING_COLOURS: Record<string, string> = { ...LEVEL_COLOURS, ...STAGE_COLOURS, ...TIER_COLOURS };
/** On dark ground depth is light: the same ramps, turned round. */
export const STANDING_COLOURS_DARK: Record<string, string> = {
  ...{ basic: '#6f8b98', member: '#4f9bb5', buyer: '#5cb8d6', repeat: '#a9e2f3', koc: '#f2b134', none: '#7d8a90' },
  ...{ new: '#8ad0f5', active: '#2bc49a', silent: '#f2b134', churned: '#f0803c', paying: '#4ea8de' },
  ...{ lost: '#9a918a', low_frequency: '#6f8b98', ordinary: '#4f9bb5', quality: '#5cb8d6', loyal: '#f2b134' },
};

export const PRIMARY = '#0b6b83';
export const PRIMARY_DARK = '#3fb0cc';
