import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { buildSdk } from './scripts/sdk.ts';

// The console and what runs at the customer's are the only things that are built. Test runs keep the repository as their root.
const testing = Boolean(process.env.VITEST);
const server = process.env.YUTANG_DEV_SERVER ?? 'http://127.0.0.1:7100';

export default defineConfig({
  root: testing ? undefined : 'src/console',
  plugins: [react(), { name: 'sdk', apply: 'build', closeBundle: () => buildSdk(fileURLToPath(new URL('dist/sdk', import.meta.url))) }],
  server: { port: 7180, proxy: { '/api': server, '/v1': server, '/sdk': server, '/sa': server } },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // The sidebar is a page of its own: a phone in a chat loads nothing of the console.
      input: ['index.html', 'sidebar.html'].map((page) => fileURLToPath(new URL(`src/console/${page}`, import.meta.url))),
      output: {
        codeSplitting: {
          groups: [
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)/, priority: 20 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/, priority: 15 },
          ],
        },
      },
    },
  },
});
