import { expect, test } from 'vitest';
import { field, parseXml } from '../platform/xml.ts';

test('ids and states of digits stay as they were sent', () => {
  const node = parseXml(
    '<xml><UserID>001391744</UserID><State>1e5</State><Big><![CDATA[900719925474099312345]]></Big><T>true</T><H>0x1F</H></xml>',
  );
  expect({ ...node }).toEqual({ UserID: '001391744', State: '1e5', Big: '900719925474099312345', T: 'true', H: '0x1F' });
});

test('the five entities are decoded outside CDATA, no others, and nothing inside', () => {
  const node = parseXml(
    '<xml><a>x &amp; y &lt;b&gt; &quot;q&quot; &apos;s&apos; &amp;lt; &copy;</a><b><![CDATA[1 &amp; 2 <i>]]></b><c> kept </c><d></d></xml>',
  );
  expect(field(node, 'a')).toBe(`x & y <b> "q" 's' &lt; &copy;`);
  expect(field(node, 'b')).toBe('1 &amp; 2 <i>');
  expect(field(node, 'c')).toBe(' kept ');
  expect(field(node, 'd')).toBe('');
  expect(field(node, 'missing')).toBe('');
});

test('a list of one is a list', () => {
  const one = parseXml('<xml>\n<MemChangeList><Item>wm1</Item></MemChangeList></xml>');
  expect({ ...(one.MemChangeList as object) }).toEqual({ Item: ['wm1'] });
  const two = parseXml('<xml><MemChangeList><Item><![CDATA[007]]></Item><Item>wm2</Item></MemChangeList></xml>');
  expect({ ...(two.MemChangeList as object) }).toEqual({ Item: ['007', 'wm2'] });
});

test.each([
  ['a document type', '<!DOCTYPE foo [<!ENTITY x "y">]><xml><a>&x;</a></xml>'],
  ['a document type in small letters', '<!doctype foo><xml><a>1</a></xml>'],
  ['broken markup', '<xml><a>1</xml>'],
  ['another root', '<html><a>1</a></html>'],
  ['no fields', '<xml>text</xml>'],
  ['nothing', ''],
])('%s is refused', (_name, xml) => {
  expect(() => parseXml(xml)).toThrow();
});

test('names cannot reach the prototype', () => {
  try {
    parseXml('<xml><__proto__><polluted>1</polluted></__proto__></xml>');
  } catch {
    // Refusing is as good.
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
