import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** Reads callback XML. Values stay text exactly as sent: an id of digits is an id, not a number. */

export interface XmlNode {
  [name: string]: string | XmlNode | (string | XmlNode)[];
}

const CDATA = '#cdata';
const TEXT = '#text';
/** Repeated nodes are always arrays, so that one member in a list looks like many. */
const REPEATED = /(^|\.)(MemChangeList\.Item|SubscribeMsg(Popup|Change|Sent)Event\.List)$/;

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: false,
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  ignorePiTags: true,
  isArray: (_name, path) => REPEATED.test(String(path)),
});

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };
/** The five entities of XML itself and no others; text inside CDATA never comes here. */
const decode = (text: string) => text.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => ENTITIES[entity] ?? entity);

const textOf = (part: unknown): string => (Array.isArray(part) ? part.map(String).join('') : String(part ?? ''));

function clean(value: unknown): string | XmlNode | (string | XmlNode)[] {
  if (Array.isArray(value)) return value.map((item) => clean(item) as string | XmlNode);
  if (typeof value !== 'object' || value === null) return decode(textOf(value));
  const entries = Object.entries(value);
  const children = entries.filter(([name]) => name !== CDATA && name !== TEXT);
  if (children.length === 0) {
    const parts = value as Record<string, unknown>;
    const sealed = CDATA in parts ? textOf(parts[CDATA]) : '';
    const text = decode(textOf(parts[TEXT]));
    return CDATA in parts && text.trim() === '' ? sealed : sealed + text;
  }
  const node: XmlNode = Object.create(null);
  for (const [name, child] of children) node[name] = clean(child);
  return node;
}

export function parseXml(xml: string): XmlNode {
  if (/<!DOCTYPE/i.test(xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, ''))) throw new Error('a DOCTYPE is not accepted');
  // XML has no such character, and the database cannot hold it.
  if (xml.includes('\0') || XMLValidator.validate(xml) !== true) throw new Error('the body is not well-formed XML');
  const root = (parser.parse(xml) as Record<string, unknown>).xml;
  const node = clean(root ?? '');
  if (typeof node === 'string' || Array.isArray(node)) throw new Error('the body is not an <xml> element with fields');
  return node;
}

/** The text of a field; '' when it is absent or is not text. */
export function field(node: XmlNode, name: string): string {
  const value = node[name];
  return typeof value === 'string' ? value : '';
}
