import { safe } from '../reading/safe.ts';

/** How a page of ours shows where somebody passes it on. */
export interface ShareCard {
  title: string;
  text: string;
  /** Full address of a picture. */
  picture?: string | undefined;
  /** Full address to pass on: it carries who does. */
  url: string;
}

/** For whoever looks at the page to show a card of it: Open Graph, and what Twitter and plain readers take. */
export function shareHead({ title, text, picture, url }: ShareCard): string {
  const meta = (by: 'property' | 'name', name: string, value: string) => `<meta ${by}="${name}" content="${safe(value)}">`;
  return [
    meta('property', 'og:type', 'website'),
    meta('property', 'og:title', title),
    meta('property', 'og:url', url),
    meta('name', 'twitter:card', picture ? 'summary_large_image' : 'summary'),
    meta('name', 'twitter:title', title),
    ...(text
      ? [meta('property', 'og:description', text), meta('name', 'twitter:description', text), meta('name', 'description', text)]
      : []),
    ...(picture ? [meta('property', 'og:image', picture), meta('name', 'twitter:image', picture)] : []),
  ].join('');
}

const sdk = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js';

/**
 * Inside WeChat a card is what the page says through WeChat's own script, which wants a signature of the very address. On an iPhone that is the address
 * by which the page was opened, elsewhere the one it has now. Stands before what changes the address.
 */
export function shareScript({ title, text, picture, url }: ShareCard, token: string, nonce: string): string {
  const data = { title, desc: text.slice(0, 100), link: url, imgUrl: picture ?? '' };
  const run = `(()=>{const d=${JSON.stringify(data)},t=${JSON.stringify(token)},first=location.href;
addEventListener('DOMContentLoaded',async()=>{if(!window.wx)return;try{const url=(/iPhone|iPad|iPod/.test(navigator.userAgent)?first:location.href).split('#')[0];
const a=await fetch('/share/wechat?'+new URLSearchParams({t,url}));if(!a.ok)return;
wx.config({...await a.json(),jsApiList:['updateAppMessageShareData','updateTimelineShareData']});wx.ready(()=>{wx.updateAppMessageShareData(d);wx.updateTimelineShareData(d)})}catch{}})})();`;
  return `<script nonce="${nonce}" src="${sdk}"></script><script nonce="${nonce}">${run.replace(/</g, '\\u003c')}</script>`;
}
