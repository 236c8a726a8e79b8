import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './insist.ts';

export interface ImportedFile {
  name: string;
  kind: 'orders' | 'people' | 'events';
  text: string;
  good: number;
  bad: number;
}

interface ImportView {
  id: string;
  state: string;
  file: string;
  kind: string;
  rows: { read: number; accepted: number; duplicate: number; rejected: number };
  error: string | null;
}

/** Somebody who uploads one file after the other, and some of them twice. When the upload broke off it is done again. */
export function createImporter(api: Api) {
  const files: ImportedFile[] = [];
  let going = true;

  const upload = async (file: ImportedFile): Promise<void> => {
    const answer = await api.form('/api/imports', () => {
      const form = new FormData();
      form.set('kind', file.kind);
      form.set('file', new Blob([file.text]), file.name);
      return form;
    });
    if (answer.status !== 202) throw new Error(`import of ${file.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  const list = async (): Promise<ImportView[]> => {
    const all: ImportView[] = [];
    for (let cursor = ''; ; ) {
      const page = await api.get(`/api/imports?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      all.push(...page.items);
      if (!page.nextCursor) return all;
      cursor = page.nextCursor;
    }
  };
  const open = async (): Promise<number> =>
    (await api.get('/api/imports?limit=20')).items.filter((i: ImportView) => i.state === 'queued' || i.state === 'running').length;

  const run = async (): Promise<void> => {
    for (let no = 0; going; no++) {
      const file = makeFile(no);
      files.push(file);
      await upload(file);
      if (no % 4 === 3) await upload(file);
      while (going && (await open()) > 1) await sleep(150);
      await sleep(500);
    }
  };
  const running = run();
  running.catch(() => {});
  return {
    files,
    list,
    open,
    stop: async (): Promise<void> => {
      going = false;
      await running;
    },
  };
}

export type Importer = ReturnType<typeof createImporter>;

/** Small files: 40 good rows and one that cannot be taken. */
function makeFile(no: number): ImportedFile {
  const kind = (['orders', 'events', 'people'] as const)[no % 3]!;
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const day = (i: number) => `2025-0${1 + (i % 9)}-1${i % 10}T10:00:00Z`;
  const name = `f${no}-${kind}.csv`;
  if (kind === 'orders') {
    const lines = rows.map((i) => `f${no}-${i},c${no}-${i % 20},${day(i)},${10 + i}.50`);
    return {
      name,
      kind,
      text: ['order_id,user_id,time,amount', ...lines, `f${no}-x,c${no}-x,yesterday,1`, ''].join('\n'),
      good: 40,
      bad: 1,
    };
  }
  if (kind === 'events') {
    const lines = rows.map((i) => `f${no}-e${i},c${no}-${i % 20},${day(i)},Store Visited`);
    return {
      name,
      kind,
      text: ['message_id,user_id,time,event', ...lines, `f${no}-ex,c${no}-x,yesterday,Store Visited`, ''].join('\n'),
      good: 40,
      bad: 1,
    };
  }
  const lines = rows.map((i) => `c${no}-${i},Customer ${i},${day(i)}`);
  return { name, kind, text: ['user_id,name,time', ...lines, `,Nobody,${day(1)}`, ''].join('\n'), good: 40, bad: 1 };
}
