import { type ParsedTemplate, parseTemplate, personScope, reasonOf } from '../template.ts';
import type { Avatars } from './avatars.ts';
import type { Wanted } from './draw/wanted.ts';
import { isCommon } from './draw/wanted.ts';
import type { Material } from './material.ts';
import type { OwnCode, PosterDeps } from './ports.ts';
import type { PosterDoc } from './schema.ts';
import { digest } from './shelf.ts';

/** Raised when drawing changes, so that no picture of before is taken for one of now. */
const drawnAs = 1;

interface Read {
  doc: PosterDoc;
  pictures: Record<string, string>;
  logo: string | null;
  texts: Map<string, ParsedTemplate>;
}

/** Who a poster is for: a person as somebody knows them, with a way in of their own. */
export interface Subject {
  /** Undefined: nobody in particular. */
  no: number | undefined;
  traits: Record<string, unknown>;
  code: OwnCode | null;
}

/** From a template and a person to all that is drawn. */
export function createResolver(deps: Pick<PosterDeps, 'codes'> & { material: Material; avatars: Avatars }) {
  const { material, avatars, codes } = deps;
  return {
    /** What all who get a poster have in common, looked up once for many. */
    read: async (ws: number, doc: PosterDoc): Promise<Read> => {
      const texts = new Map<string, ParsedTemplate>();
      for (const layer of doc.layers) {
        if (layer.type !== 'text' && layer.type !== 'price') continue;
        const parsed = parseTemplate(layer.type === 'text' ? layer.text : layer.amount);
        if ('template' in parsed) texts.set(layer.id, parsed.template);
      }
      const wantsLogo = doc.layers.some((l) => l.type === 'code' && l.logo);
      const data = wantsLogo ? await codes.logo(ws) : undefined;
      const logo = data ? await material.kept(ws, Buffer.from(data.slice(data.indexOf(',') + 1), 'base64')) : null;
      return { doc, texts, logo, pictures: await material.pictures(ws, doc) };
    },
    /** `late`: the person's own picture may come yet, so this one is not for keeping. */
    wanted: async (
      ws: number,
      read: Read,
      subject: Subject,
      as: { base: string | null; width: number; patiently?: boolean },
    ): Promise<{ wanted: Wanted; late: boolean; name: string }> => {
      const person = personScope(subject.traits);
      const { code } = subject;
      const link = code && 'text' in code ? code.text : '';
      const texts: Record<string, string> = {};
      for (const [id, template] of read.texts) texts[id] = said(template, person, link);
      const initial = [...String(person.name ?? '').trim()][0] ?? '';
      const asks = read.doc.layers.some((l) => l.type === 'avatar');
      const found = asks && subject.no !== undefined ? await avatars.of(ws, subject.no, person.avatar, as.patiently) : { late: false };
      const drawn = code && 'picture' in code ? { file: await material.kept(ws, code.picture, subject.no) } : code;
      const wanted: Wanted = {
        ...{ doc: read.doc, texts, pictures: read.pictures, logo: read.logo, code: drawn, base: as.base, width: as.width },
        avatar: 'file' in found && found.file ? { file: found.file } : { initial },
      };
      // The document is named by its version; what else makes the picture is what it is.
      const name = digest([drawnAs, as.base ?? read.doc, texts, read.pictures, read.logo, drawn, asks ? wanted.avatar : null, as.width]);
      return { wanted, late: found.late, name };
    },
  };
}
export type Resolver = ReturnType<typeof createResolver>;

/** A text that cannot be made for this person is an empty one: the layer has words for that. */
function said(template: ParsedTemplate, person: Record<string, unknown>, link: string): string {
  try {
    return template.render({ person, link }).slice(0, 1000);
  } catch {
    return '';
  }
}

/** Faults of the words in a document, by the field where they stand. */
export function wordFaults(doc: PosterDoc): { field: string; reason: string }[] {
  return doc.layers.flatMap((layer, i) => {
    const [field, text] = layer.type === 'text' ? ['text', layer.text] : layer.type === 'price' ? ['amount', layer.amount] : [];
    if (field === undefined || text === undefined) return [];
    const parsed = parseTemplate(text);
    const at = `doc.layers.${i}.${field}`;
    if ('errors' in parsed) return parsed.errors.map((e) => ({ field: at, reason: e.reason }));
    if (!isCommon(layer)) return [];
    try {
      parsed.template.render({ person: {}, link: '' });
      return [];
    } catch (error) {
      return [{ field: at, reason: reasonOf(error) }];
    }
  });
}
