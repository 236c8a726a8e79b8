export type XmlValue = string | number | undefined | { [name: string]: XmlValue | XmlValue[] };

const cdata = (text: string) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

function element(name: string, value: XmlValue | XmlValue[]): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  if (typeof value === 'number') return `<${name}>${value}</${name}>`;
  if (typeof value === 'string') return `<${name}>${cdata(value)}</${name}>`;
  const children = Object.entries(value).map(([child, inner]) => element(child, inner));
  return `<${name}>${children.join('')}</${name}>`;
}

/** Text travels as CDATA, numbers bare, as in the platform's own callbacks. */
export const toXml = (fields: { [name: string]: XmlValue | XmlValue[] }): string => element('xml', fields);
