import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../test/browser.ts';
import { type Running, running, WRITE_KEY } from '../../test/running.ts';
import { anonymous, builtSdk, flushed, html, type Shop, script, shop, told, wire } from './web.fixture.ts';

let y: Running;
let sdk: Awaited<ReturnType<typeof builtSdk>>;
let browser: Browser;
let site: Shop;
let other: Shop;

/** What must never leave: each is typed, shown or held somewhere on the page. */
const secrets = {
  password: 'hunter2-PASSWORD',
  card: '6222 0213 4567 8904',
  cvv: 'c7v3v7',
  otp: '493817',
  otp4: 'q8w2',
  name: '欧阳小秘密',
  diary: '今天的日记不给别人看',
  phone: '13912345678',
  email: 'secret.person@mail.example',
  idCard: '11010519491231002X',
  hidden: 'hidden-value-9f8e',
  frame: 'words-inside-the-frame',
  closed: 'words-inside-the-closed-shadow',
  bearer: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijk',
  ignored: 'words-under-ignore',
};

beforeAll(async () => {
  sdk = await builtSdk();
  [y, browser] = await Promise.all([running({ sdkDir: sdk.dir }), openBrowser()]);
  [site, other] = await Promise.all([shop({}), shop({})]);
  const frame = html(`<button id="in">${secrets.frame}</button><input type="password" id="fp">`);
  site.pages['/frame'] = frame;
  other.pages['/frame'] = frame;
  site.pages['/'] = html(
    `<form id="f" onsubmit="event.preventDefault()"><input id="who" name="nick"><input type="password" id="pw"><input id="card" autocomplete="cc-number"><input id="cvv" name="cvv"><input id="otp" autocomplete="one-time-code">
      <input id="otp4" inputmode="numeric" maxlength="4"><input type="hidden" name="csrf" value="${secrets.hidden}"><textarea id="ta" name="note"></textarea>
      <input type="checkbox" id="agree" name="agree"><button id="send">送出 ${secrets.phone} ${secrets.email}</button></form>
     <form id="clobbered" onsubmit="event.preventDefault()"><input name="id"><input name="tagName"><input name="parentNode"><input name="attributes"><input name="localName"><input name="getAttribute"><button id="clob">x</button></form>
     <div id="edit" contenteditable="true"><a href="#" id="inner">${secrets.diary}</a></div>
     <button id="wrap">看 <span contenteditable>${secrets.diary}</span><input value="${secrets.name}"><textarea>${secrets.diary}</textarea><i data-yt-ignore>${secrets.ignored}</i></button>
     <section data-yt-ignore><button id="ig">${secrets.ignored}</button></section><section class="private"><button id="rule">${secrets.ignored}</button></section>
     <a id="mail" href="mailto:${secrets.email}">写信</a> <a id="dial" href="tel:${secrets.phone}">打电话</a>
     <a id="link" href="/next?access_token=${secrets.bearer}&id=7&p=${secrets.phone}#access_token=${secrets.bearer}" onclick="event.preventDefault()">去</a>
     <button id="bank" title="${secrets.card}" aria-label="${secrets.idCard}" class="${'x'.repeat(5000)}">卡 ${secrets.card} 身份 ${secrets.idCard}</button>
     <button id="gone" onclick="this.closest('p')?.remove(); this.remove()">删</button><p><button id="early" onpointerdown="document.querySelector('#early').remove()">先删</button></p>
     <button id="throws">抛</button><div id="open"></div><div id="closed"></div><div id="many"></div>
     <iframe id="same" src="/frame"></iframe><iframe id="cross" src="${other.url}/frame"></iframe>
     <script>
       const shadow = document.querySelector('#open').attachShadow({ mode: 'open' });
       shadow.innerHTML = '<button id="os">影子里</button><input id="op" type="password">';
       const closed = document.querySelector('#closed').attachShadow({ mode: 'closed' });
       closed.innerHTML = '<button id="cs">${secrets.closed}</button>'; window.closedButton = closed.querySelector('button');
       for (const name of ['id', 'className', 'textContent', 'tagName', 'localName', 'parentNode', 'attributes', 'dataset', 'isConnected', 'firstChild', 'innerText'])
         Object.defineProperty(document.querySelector('#throws'), name, { get() { throw new Error('a getter of the page') } });
       let html = ''; for (let i = 0; i < 10000; i++) html += '<button class="row">第' + i + '行</button>'; document.querySelector('#many').innerHTML = html;
     </script>`,
    `<script>window.before = [['init', { writeKey: '${WRITE_KEY}', host: '${y.url}', autocapture: { ignore: ['.private'] } }]]; window.yutang = window.before</script><script src="${y.url}/sdk/web.js"></script>`,
  );
  site.pages['/strict'] = {
    html: html('<button id="b">好</button>', script(y.url, WRITE_KEY)),
    headers: {
      'content-security-policy': `default-src 'none'; script-src ${y.url}; connect-src ${y.url}; require-trusted-types-for 'script'`,
    },
  };
  site.pages['/shut'] = {
    html: html('<button id="b">好</button>', script(y.url, WRITE_KEY)),
    headers: { 'content-security-policy': `default-src 'none'; script-src ${y.url}; connect-src 'none'; sandbox allow-scripts` },
  };
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([site?.close(), other?.close(), y?.close()]);
  sdk?.remove();
});

const arrived = async (page: Page, atLeast: number) => told(y, `anonymous_id:${await anonymous(page)}`, atLeast);

describe('the web SDK on a hostile page', () => {
  it('tells what was done, and not one private byte', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    const sent = wire(context, y.url);
    await page.goto(
      `${site.url}/?session=${secrets.bearer}&mobile=${secrets.phone}&q=${encodeURIComponent(secrets.email)}#${secrets.bearer}`,
    );
    for (const [at, value] of [
      ['#pw', secrets.password],
      ['#card', secrets.card],
      ['#cvv', secrets.cvv],
      ['#otp', secrets.otp],
      ['#otp4', secrets.otp4],
      ['#who', secrets.name],
      ['#ta', secrets.diary],
    ] as const) {
      await page.click(at);
      await page.fill(at, value);
      await page.press(at, 'Tab');
    }
    await page.check('#agree');
    await page.click('#edit');
    await page.keyboard.type(secrets.name);
    for (const at of ['#inner', '#wrap', '#ig', '#rule', '#link', '#bank', '#gone', '#early', '#throws', '#open #os', '#send'])
      await page.locator(at).click({ position: { x: 3, y: 3 } });
    await page.evaluate(() => (window as unknown as { closedButton: HTMLElement }).closedButton.click());
    await page.locator('#op').fill(secrets.password);
    for (const frame of page.frames().slice(1)) {
      await frame.click('#in');
      await frame.fill('#fp', secrets.password);
    }
    for (const at of ['#mail', '#dial', '#clob']) await page.evaluate((id) => document.querySelector<HTMLElement>(id)!.click(), at);
    await page.click('.row:nth-of-type(9999)');
    await flushed(page);

    const bytes = sent.bytes();
    expect(bytes.length).toBeGreaterThan(5_000);
    for (const [what, value] of Object.entries(secrets))
      for (const form of [value, encodeURIComponent(value), value.replace(/\s/g, '')])
        expect([what, bytes.includes(form)]).toEqual([what, false]);
    expect(faults.filter((f) => f !== 'a getter of the page')).toEqual([]);
    expect(faults).toEqual([]);

    const events = await arrived(page, 18);
    const clicked = events.filter((e) => e.event === 'Element Clicked').map((e) => e.properties.element_id ?? e.properties.element_text);
    expect(clicked).toEqual(
      expect.arrayContaining(['wrap', 'link', 'bank', 'gone', 'early', 'throws', 'os', 'send', 'mail', 'dial', '第9998行']),
    );
    expect(clicked.filter((id) => ['ig', 'rule', 'inner', 'cs', 'in', 'pw'].includes(id))).toEqual([]);
    expect(clicked.filter((id) => id === 'early')).toHaveLength(1);
    const changed = events.filter((e) => e.event === 'Element Changed').map((e) => e.properties.element_id);
    expect(changed.sort()).toEqual(['agree', 'ta', 'who']);
    const forms = events.filter((e) => e.event === 'Form Submitted').map((e) => `${e.properties.element_tag}#${e.properties.element_id}`);
    expect(forms).toEqual(['form#f', 'form#clobbered']);
    expect(events.find((e) => e.properties.element_id === 'os')!.properties.element_chain).toBe('div#open > button#os');
    expect(y.errors).toEqual([]);
    await context.close();
  });

  it('looks at few nodes, and never at the layout, whatever the size of the page', async () => {
    const page = await browser.newPage();
    await page.goto(`${site.url}/`);
    const looked = await page.evaluate(() => {
      const counts: Record<string, number> = {};
      const watch = (prototype: object, name: string, kind: 'get' | 'value'): void => {
        const before = Object.getOwnPropertyDescriptor(prototype, name)!;
        const original = before[kind] as (...args: unknown[]) => unknown;
        Object.defineProperty(prototype, name, {
          ...before,
          [kind]: function (this: unknown, ...args: unknown[]) {
            counts[name] = (counts[name] ?? 0) + 1;
            return original.apply(this, args);
          },
        });
      };
      for (const name of ['offsetWidth', 'offsetHeight', 'offsetTop', 'offsetParent', 'innerText'])
        watch(HTMLElement.prototype, name, 'get');
      for (const name of ['clientWidth', 'clientHeight', 'scrollTop', 'scrollHeight', 'innerHTML', 'outerHTML'])
        watch(Element.prototype, name, 'get');
      for (const name of ['getBoundingClientRect', 'getClientRects', 'querySelector', 'querySelectorAll', 'checkVisibility'])
        watch(Element.prototype, name, 'value');
      for (const name of ['querySelectorAll', 'elementFromPoint']) watch(Document.prototype, name, 'value');
      for (const name of ['getComputedStyle', 'innerWidth', 'innerHeight', 'scrollY']) {
        const before = Object.getOwnPropertyDescriptor(window, name)!;
        watch(window, name, before.get ? 'get' : 'value');
      }
      const last = document.querySelector('#many')!.lastElementChild as HTMLElement;
      for (const name of Object.keys(counts)) delete counts[name];
      for (let i = 0; i < 20; i++) last.click();
      return counts;
    });
    expect(looked).toEqual({});
    const chain = (await page.evaluate(() => /element_chain":"([^"]*)/.exec(Object.values({ ...localStorage }).join())![1])) as string;
    // Beyond a hundred siblings the place among them is not counted.
    expect(chain).toBe('div#many > button.row');
    await page.close();
  });

  it('works where the page allows its origin alone, and harms nothing where it is not allowed to send or store', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${site.url}/strict`);
    await page.click('#b');
    await flushed(page);
    expect((await arrived(page, 2)).map((e) => e.type)).toEqual(['page', 'track']);
    const sent = wire(context, y.url);
    await page.goto(`${site.url}/shut`);
    await page.click('#b');
    await page.evaluate(() => (window as unknown as { yutang: { flush(): void } }).yutang.flush());
    await page.waitForTimeout(200);
    expect(faults).toEqual([]);
    expect(sent.bodies()).toEqual([]);
    await context.close();
  });
});
