import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';
import { coverOf } from '../type/cover.ts';
import type { Cover } from '../type/legible.ts';

const require = createRequire(import.meta.url);
const sans = [
  require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  require.resolve('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
  require.resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf'),
  require.resolve('@expo-google-fonts/noto-sans-sc/900Black/NotoSansSC_900Black.ttf'),
];
const emoji = require.resolve('@expo-google-fonts/noto-color-emoji/400Regular/NotoColorEmoji_400Regular.ttf');

let ready: Cover | undefined;

/** The fonts that come with the program: what the machine has is never asked, so a poster looks the same everywhere. */
export function openFonts(): Cover {
  if (ready) return ready;
  for (const path of sans) GlobalFonts.registerFromPath(path, 'Poster Sans');
  GlobalFonts.registerFromPath(emoji, 'Poster Emoji');
  ready = { text: coverOf(sans[0]!), emoji: coverOf(emoji) };
  return ready;
}

export const fontOf = (size: number, weight: number): string => `${weight} ${size}px "Poster Sans", "Poster Emoji"`;
