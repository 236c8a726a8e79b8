import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { App } from '../../base/index.ts';
import { tongueOf } from '../reading/markup.ts';
import { safe } from '../reading/safe.ts';
import { type Shares, shareHead, shareScript } from '../share/index.ts';
import type { Posters } from './posters.ts';
import { jpeg } from './send.ts';

const words = {
  hold: ['长按图片，保存或发给朋友', 'Press and hold the picture to save it or send it'],
  go: ['立即参加', 'Take part'],
  save: ['保存图片', 'Save the picture'],
  missing: ['海报不存在或已下线', 'There is no such poster any more'],
} as const;

const style = `*{box-sizing:border-box}body{margin:0;background:#f2f3f5;color:#1c2024;font:16px/1.6 -apple-system,BlinkMacSystemFont,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:30rem;margin:0 auto;padding:16px 16px 96px;text-align:center}img{width:100%;height:auto;display:block;border-radius:12px;box-shadow:0 6px 24px #0002;background:#e4e7ea;-webkit-touch-callout:default}
p{margin:12px 0 0;color:#5a636b}nav{position:fixed;left:0;right:0;bottom:0;display:flex;gap:10px;padding:10px 16px calc(10px + env(safe-area-inset-bottom));background:#fffffff0;border-top:1px solid #e6eaee}
nav>*{flex:1;min-height:46px;border-radius:23px;border:1px solid #0b63c5;background:none;color:#0b63c5;font:inherit;line-height:44px;text-decoration:none}nav .main{background:#0b63c5;color:#fff}
@media (prefers-color-scheme:dark){body{background:#14181c;color:#e4e8ec}p{color:#a5aeb7}nav{background:#14181cf0;border-color:#2b3238}}`;

/** The picture itself is shared where the phone can do that; else it is saved. */
const script = `document.getElementById('s').onclick=async()=>{const i=document.querySelector('img');try{const b=await(await fetch(i.src)).blob();const f=new File([b],'poster.jpg',{type:'image/jpeg'});
if(navigator.canShare&&navigator.canShare({files:[f]})){await navigator.share({files:[f]});return}const a=document.createElement('a');a.href=URL.createObjectURL(b);a.download='poster.jpg';a.click()}catch{}}`;

const params = z.object({ key: z.string().max(40), token: z.string().max(60) });

/** Somebody's own poster, as a page for a phone and as the picture in it. */
export function openPoster(app: App, posters: Posters, shares: Shares): void {
  app.get(
    '/poster/:key/:token',
    { config: { permission: 'public' }, exposeHeadRoute: false, schema: { hide: true, params } },
    async (req, reply) => {
      const { key, token } = req.params;
      const bare = token.replace(/\.jpg$/, '');
      const found = await posters.open(key, bare);
      if (token !== bare) {
        if (!found) return reply.code(404).send('');
        return jpeg(reply, req.headers['if-none-match'], await posters.ofPerson(found.row, found.no));
      }
      const tongue = tongueOf(req.headers['accept-language']);
      const nonce = randomBytes(12).toString('base64');
      if (!found)
        return html(reply, nonce)
          .code(404)
          .send(shell(words.missing[tongue], '', `<p>${words.missing[tongue]}</p>`, nonce, tongue));
      const { row, no } = found;
      const way = await posters.wayIn(row, no);
      const here = posters.urlOf(row, no);
      const { title, text } = row.doc.share;
      const card = { title: title || row.name, text, picture: `${here}.jpg`, url: here };
      const sealed = await shares.tokenFor(row.workspace_no, new URL(here).pathname, req.headers['user-agent']);
      const head = shareHead(card) + (sealed ? shareScript(card, sealed, nonce) : '');
      const nav = `<nav><button id="s" type="button"${way ? '' : ' class="main"'}>${words.save[tongue]}</button>${way ? `<a class="main" href="${safe(way)}">${words.go[tongue]}</a>` : ''}</nav>`;
      const picture = `<img src="/poster/${key}/${safe(token)}.jpg" width="${row.doc.width}" height="${row.doc.height}" alt="${safe(title || row.name)}">`;
      const body = `${picture}<p>${words.hold[tongue]}</p>${nav}<script nonce="${nonce}">${script}</script>`;
      return html(reply, nonce).send(shell(title || row.name, head, body, nonce, tongue));
    },
  );
}

const shell = (title: string, head: string, body: string, nonce: string, tongue: 0 | 1): string =>
  `<!doctype html><html lang="${tongue === 1 ? 'en' : 'zh-CN'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><title>${safe(title)}</title><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">${head}<style nonce="${nonce}">${style}</style></head><body><main>${body}</main></body></html>`;

/** Nothing runs on the page but its own lines and, inside WeChat, WeChat's; nothing is fetched but from here. */
const html = (reply: FastifyReply, nonce: string): FastifyReply =>
  reply
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; img-src 'self' blob:; connect-src 'self'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    .header('x-content-type-options', 'nosniff')
    .type('text/html; charset=utf-8');
