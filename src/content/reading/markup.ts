import { shareHead, shareScript } from '../share/card.ts';
import { parseTemplate, personScope } from '../template.ts';
import type { PageItem } from './page-item.ts';
import { safe } from './safe.ts';

const fileUrl = (id: string): string => `/api/content/files/${id}`;

/** What a page can say; a phone that asks for English gets it, everybody else Chinese. */
const words = {
  share: ['转给朋友', 'Share'],
  copied: ['链接已复制，去粘贴给朋友吧', 'The link is copied: paste it to a friend'],
  more: ['查看详情', 'See more'],
  watch: ['进入直播间', 'Watch live'],
  starts: ['开播时间', 'Starts'],
  missing: ['没有这个页面', 'There is no such page'],
  gone: ['内容已下线', 'This is no longer here'],
  goneText: ['授权到期或已被收回。', 'It has run out or was taken back.'],
} as const;
export type Tongue = 0 | 1;
export const tongueOf = (accept: string | undefined): Tongue => (/^en\b/i.test(accept ?? '') ? 1 : 0);

const style = `*{box-sizing:border-box}body{margin:0;background:#fff;color:#1c2024;font:17px/1.75 -apple-system,BlinkMacSystemFont,"PingFang SC","Microsoft YaHei",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:42rem;margin:0 auto;padding:20px 18px 96px}h1{font-size:1.45rem;line-height:1.4;margin:.2em 0 .5em}h2{font-size:1.2rem}h3{font-size:1.05rem}
p{margin:.8em 0}img,video{max-width:100%;height:auto;border-radius:8px;display:block;margin:.8em auto}audio{width:100%}a{color:#0b63c5}
blockquote{margin:1em 0;padding:.2em 1em;border-left:3px solid #cfd6dd;color:#555e66}table{border-collapse:collapse;width:100%}td,th{border:1px solid #d8dee4;padding:6px 8px}
pre{overflow:auto;background:#f4f6f8;padding:12px;border-radius:8px}.by{color:#6b747d;font-size:.85rem;margin:0 0 1.2em}.words{white-space:pre-line}
nav{position:fixed;left:0;right:0;bottom:0;display:flex;gap:10px;padding:10px 18px calc(10px + env(safe-area-inset-bottom));background:rgba(255,255,255,.94);border-top:1px solid #e6eaee}
nav>*{flex:1;min-height:44px;border-radius:22px;border:1px solid #0b63c5;background:none;color:#0b63c5;font:inherit;font-size:1rem;text-align:center;line-height:42px;text-decoration:none}
nav .main{background:#0b63c5;color:#fff}#said{text-align:center;color:#1a7f4b;font-size:.9rem;min-height:1.4em}
@media (prefers-color-scheme:dark){body{background:#14181c;color:#e4e8ec}nav{background:rgba(20,24,28,.94);border-color:#2b3238}a{color:#6cb0ff}nav>*{border-color:#6cb0ff;color:#6cb0ff}nav .main{background:#2b7fdc;color:#fff}blockquote{color:#a5aeb7;border-color:#3a434b}pre{background:#1f252b}td,th{border-color:#343c44}.by{color:#98a1aa}}`;

/** The seconds in which the page is looked at, and how far down it was read; told when it is left, and again if there was more. */
const script = (reading: string, share: string, copied: string): string => `(()=>{
const t=${JSON.stringify(reading)},s=${JSON.stringify(share)},copied=${JSON.stringify(copied)};
let n=0,sum=0,since=document.visibilityState==='visible'?performance.now():0,deep=0;
const tell=(path,body)=>fetch(location.pathname+path,{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({t,...body}),keepalive:true,credentials:'same-origin'}).catch(()=>{});
const u=new URL(location.href);u.search='?s='+s;history.replaceState(null,'',u);
tell('/seen',{n:0,seconds:0,depth:0});
const look=()=>{const d=document.documentElement,h=d.scrollHeight;deep=Math.max(deep,h<=innerHeight?1:Math.min(1,(scrollY+innerHeight)/h))};
addEventListener('scroll',look,{passive:true});look();
const leave=()=>{if(since){sum+=performance.now()-since;since=0}const seconds=Math.round(sum/1000);if(seconds<1||n>=60)return;sum=0;n+=1;tell('/seen',{n,seconds:Math.min(seconds,3600),depth:Math.round(deep*100)/100})};
addEventListener('pagehide',leave);document.addEventListener('visibilitychange',()=>{document.visibilityState==='hidden'?leave():since=performance.now()});
document.getElementById('share').onclick=async()=>{tell('/shared',{});const url=location.href;try{if(navigator.share){await navigator.share({title:document.title,url});return}await navigator.clipboard.writeText(url);document.getElementById('said').textContent=copied}catch{}};
})();`;

const shell = (title: string, head: string, body: string, nonce: string, tongue: Tongue): string =>
  `<!doctype html><html lang="${tongue === 1 ? 'en' : 'zh-CN'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><title>${safe(title)}</title><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">${head}<style nonce="${nonce}">${style}</style></head><body><main>${body}</main></body></html>`;

/** Words without anybody's own data: whoever opens the page may read them. */
function wordsFor(item: PageItem): string {
  const read = parseTemplate(item.doc.body);
  if ('errors' in read) return '';
  try {
    return read.template.render({ person: personScope({}), link: '' }).trim();
  } catch {
    return '';
  }
}

function bodyOf({ doc }: PageItem, text: string, tongue: Tongue): string {
  const detail = doc.detail as {
    html?: string;
    files?: string[];
    file?: string;
    poster?: string | null;
    question?: string;
    startsAt?: string;
  };
  const said = text === '' || text === doc.name ? '' : `<p class="words">${safe(text)}</p>`;
  switch (doc.kind) {
    case 'article':
      return detail.html ?? '';
    case 'image':
      return said + (detail.files ?? []).map((id) => `<img src="${fileUrl(id)}" alt="" loading="lazy">`).join('');
    case 'video':
      return `<video controls playsinline preload="metadata" src="${fileUrl(detail.file!)}"${detail.poster ? ` poster="${fileUrl(detail.poster)}"` : ''}></video>${said}`;
    case 'audio':
      return `<audio controls preload="metadata" src="${fileUrl(detail.file!)}"></audio>${said}`;
    case 'qa':
      return `<h2>${safe(detail.question ?? '')}</h2>${said}`;
    case 'live':
      return `<p><strong>${words.starts[tongue]}</strong> <time datetime="${safe(detail.startsAt!)}">${safe(timeOf(detail.startsAt!, tongue))}</time></p>${said}`;
    default:
      return said;
  }
}

/** As the sender wrote it, in the offset it was written in: the wall clock that the host of the show reads. */
const timeOf = (instant: string, tongue: Tongue): string => {
  const [day, time] = instant.split('T');
  const [year, month, date] = day!.split('-');
  return tongue === 1 ? `${day} ${time!.slice(0, 5)}` : `${year}年${Number(month)}月${Number(date)}日 ${time!.slice(0, 5)}`;
};

export function pageHtml(
  item: PageItem,
  on: { reading: string; share: string; publicUrl: string; nonce: string; tongue: Tongue; token: string | undefined },
): string {
  const { doc } = item;
  const text = wordsFor(item);
  const cover =
    (doc.detail as { cover?: string; files?: string[]; poster?: string }).cover ??
    (doc.detail as { files?: string[] }).files?.[0] ??
    (doc.card?.kind === 'poster' ? undefined : doc.card?.picture);
  const summary = (doc.detail as { summary?: string }).summary ?? text.slice(0, 120);
  const card = {
    ...{ title: doc.name, text: summary, picture: cover && `${on.publicUrl}${fileUrl(cover)}` },
    url: `${on.publicUrl}/r/${item.key}?s=${on.share}`,
  };
  const head = shareHead(card) + (on.token ? shareScript(card, on.token, on.nonce) : '');
  const title = doc.kind === 'qa' ? '' : `<h1>${safe(doc.name)}</h1>`;
  const by = doc.author ? `<p class="by">${safe(doc.author.name)}</p>` : '';
  const go = doc.link
    ? `<a class="main" href="${safe(doc.link.url)}">${safe(doc.link.title || words[doc.kind === 'live' ? 'watch' : 'more'][on.tongue])}</a>`
    : '';
  const nav = `<p id="said" role="status"></p><nav><button id="share" type="button"${go ? '' : ' class="main"'}>${words.share[on.tongue]}</button>${go}</nav>`;
  const run = `<script nonce="${on.nonce}">${script(on.reading, on.share, words.copied[on.tongue]).replace(/<\//g, '<\\/')}</script>`;
  return shell(doc.name, head, `${title}${by}${bodyOf(item, text, on.tongue)}${nav}${run}`, on.nonce, on.tongue);
}

export const absentHtml = (gone: boolean, nonce: string, tongue: Tongue): string =>
  shell(
    words[gone ? 'gone' : 'missing'][tongue],
    '',
    `<h1>${words[gone ? 'gone' : 'missing'][tongue]}</h1>${gone ? `<p>${words.goneText[tongue]}</p>` : ''}`,
    nonce,
    tongue,
  );
