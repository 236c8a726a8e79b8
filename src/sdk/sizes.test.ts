import { describe, expect, it } from 'vitest';
import { sdkFiles, sizes } from '../../scripts/sdk.ts';
import { builtSdk } from './web.fixture.ts';

describe('what runs at the customer’s', () => {
  it('is as small as it is said to be', async () => {
    const { dir, remove } = await builtSdk();
    const found = sizes(dir);
    remove();
    console.info(`gzipped: ${JSON.stringify(found)}`);
    for (const [file, { most }] of Object.entries(sdkFiles))
      expect([file, found[file as keyof typeof found] <= most]).toEqual([file, true]);
  });
});
