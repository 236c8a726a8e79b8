// The browser tests need a Chromium; where none is found, Debian's is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const chromiumPlaces = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export function ensureChromium() {
  if (chromiumPlaces.some((p) => p && existsSync(p))) return;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    return spawnSync(command, rest, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
  };
  console.log('Installing Chromium for the browser tests (once) …');
  if (!(apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'))) {
    console.error('Chromium could not be installed by apt. Install it by hand or set CHROMIUM_PATH, then run the tests again.');
    process.exit(1);
  }
}
