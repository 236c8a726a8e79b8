/** Text made safe for HTML by construction: only what this tag builds counts as markup. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

type Part = Markup | Part[] | string | number | undefined;

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return String(part).replace(/[&<>"']/g, (char) => escapes[char] ?? char);
}

export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + render(parts[i - 1]) + string));
}

const style = `body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:860px;margin:24px auto;padding:0 16px;color:#1f2329;background:#f5f6f7}
h1{font-size:20px}h2{font-size:16px;margin:24px 0 8px}a{color:#0a6ebd}.card{background:#fff;border-radius:8px;padding:12px 16px;margin:8px 0;box-shadow:0 1px 2px #0001}
.muted{color:#8a9099;font-size:13px}.row{display:flex;gap:8px;align-items:center;flex-wrap:wrap}form{display:inline}button{border:1px solid #07a35a;background:#07c160;color:#fff;border-radius:6px;padding:3px 12px;cursor:pointer}
button.plain{background:#fff;color:#333;border-color:#ccc}input,select{padding:3px 6px;border:1px solid #ccc;border-radius:6px}pre{white-space:pre-wrap;margin:4px 0;font:inherit}`;

export const document = (title: string, body: Markup): string =>
  `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${render(title)}</title><style>${style}</style><body>${body.text}</body></html>`;
