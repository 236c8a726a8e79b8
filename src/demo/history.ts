import { createReadStream } from 'node:fs';
import { importOptions } from '../events/imports/index.ts';
import { demoFile } from './files.ts';
import type { DemoDeps } from './ports.ts';

interface Part {
  file: string;
  kind: 'products' | 'orders' | 'people';
  what: string;
  mapping: Record<string, string>;
}

/** Products first, so that orders can name their goods. */
const parts: Record<string, Part> = {
  products: {
    file: 'products.csv',
    kind: 'products',
    what: '商品 products',
    mapping: { product_id: 'product_id', product_name: 'name', category: 'category', price: 'price' },
  },
  people: {
    file: 'people.csv',
    kind: 'people',
    what: '会员资料 people',
    mapping: { user_id: 'user_id', 'traits.name': 'name', 'traits.gender': 'gender', 'traits.city': 'city', time: 'joined_at' },
  },
  orders: {
    file: 'events.csv.gz',
    kind: 'orders',
    what: '历史订单 orders',
    mapping: {
      user_id: 'user_id',
      time: 'ts',
      status: 'event',
      order_id: 'order_id',
      product_id: 'item_id',
      quantity: 'quantity',
      price: 'unit_price',
      'properties.country': 'country',
    },
  },
};
export const historyParts = Object.keys(parts);

/** Starts the import of one part of the history, through the same door as everyone's files. `shift`: days that all times move. */
export async function startPart(deps: DemoDeps, name: string, shift: number): Promise<string> {
  const { file, kind, mapping } = parts[name]!;
  const { uploadId } = await deps.imports.upload(deps.workspaceNo, { name: file, stream: createReadStream(demoFile(file)) });
  const options = importOptions.parse({ shiftDays: shift, timezone: 'UTC', currency: 'CNY' });
  return (await deps.imports.start(deps.workspaceNo, { uploadId, kind, mapping, options, createdBy: 'Demo' })).id;
}

const pollMs = 500;
const sayMs = 5000;

/** Waits until an import is done, telling how far it is. One that failed is taken up again, a few times. */
export async function awaitPart(deps: DemoDeps, name: string, importId: string, going: () => boolean): Promise<boolean> {
  const { what } = parts[name]!;
  let said = deps.clock.ms();
  for (let tries = 0; going(); ) {
    const { state, progress, rows, error } = await deps.imports.get(deps.workspaceNo, importId);
    if (state === 'done') {
      deps.say(`示例数据 Demo · ${what}: ${rows.read.toLocaleString('en')} 行 rows`);
      return true;
    }
    if (state === 'failed') {
      if (++tries > 3) throw new Error(`the demo's ${name} could not be imported: ${error}`);
      await deps.imports.resume(deps.workspaceNo, importId);
    }
    if (deps.clock.ms() - said >= sayMs) {
      said = deps.clock.ms();
      const part = progress.total ? Math.floor((100 * progress.done) / progress.total) : 0;
      deps.say(`示例数据 Demo · ${what}: 读取 read ${rows.read.toLocaleString('en')} · ${part} %`);
    }
    await (deps.sleep ?? sleep)(pollMs);
  }
  return false;
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms).unref());
