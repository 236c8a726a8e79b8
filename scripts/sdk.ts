import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What runs at the customer's, and how many bytes each file may have when gzipped. */
export const sdkFiles = {
  'web.js': { entry: 'web/global.ts', format: 'iife', most: 8_192 },
  'web.mjs': { entry: 'web/yutang.ts', format: 'es', most: 8_192 },
  'miniprogram.js': { entry: 'miniprogram/yutang.ts', format: 'cjs', most: 6_144 },
  'picker.js': { entry: 'picker/picker.ts', format: 'iife', most: 8_192 },
} as const;

/** Builds the SDKs into a folder, each as one file without dependencies. */
export async function buildSdk(outDir: string): Promise<void> {
  for (const [file, { entry, format }] of Object.entries(sdkFiles)) {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        outDir,
        emptyOutDir: false,
        // Mini programs and the browsers inside apps are some years behind.
        target: 'es2018',
        minify: true,
        lib: { entry: join(root, 'src/sdk', entry), formats: [format], name: 'yutangSdk', fileName: () => file },
      },
    });
  }
  const text = JSON.stringify(sizes(outDir));
  writeFileSync(join(outDir, 'sizes.json'), text);
}

/** Gzipped bytes of each file. */
export function sizes(outDir: string): Record<keyof typeof sdkFiles, number> {
  return Object.fromEntries(
    Object.keys(sdkFiles).map((file) => [file, gzipSync(readFileSync(join(outDir, file)), { level: 9 }).length]),
  ) as Record<keyof typeof sdkFiles, number>;
}
