/** Text made safe for HTML by construction: only what this tag builds counts as markup. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
type Part = Markup | string | number | undefined | false;

const render = (part: Part): string =>
  part === undefined || part === false ? '' : part instanceof Markup ? part.text : String(part).replace(/[&<>"']/g, (c) => escapes[c]!);

export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + render(parts[i - 1]) + string));
}
