import { Liquid } from 'liquidjs';

/** The same rules as the server's templates, so that the preview fails where a send would. */
const engine = new Liquid({
  strictFilters: true,
  ownPropertyOnly: true,
  templates: {},
  dynamicPartials: false,
  parseLimit: 20_000,
  renderLimit: 100,
  memoryLimit: 1_000_000,
});
for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];

export interface Preview {
  text: string;
  error?: string;
  unknown?: string;
}

function scopeOf(traits: Record<string, unknown>): Record<string, unknown> {
  if (typeof traits.name === 'string') return traits;
  const parts = [traits.firstName, traits.lastName].filter((part) => typeof part === 'string' && part !== '');
  return { ...traits, name: parts.length ? parts.join(' ') : typeof traits.nickname === 'string' ? traits.nickname : '' };
}

export function previewText(body: string, traits: Record<string, unknown>, link: string): Preview {
  try {
    const parsed = engine.parse(body);
    const unknown = engine.globalVariablesSync(parsed).find((name) => !['person', 'traits', 'link'].includes(name));
    if (unknown) return { text: '', unknown };
    const person = scopeOf(traits);
    return { text: String(engine.renderSync(parsed, { person, traits: person, link })) };
  } catch (error) {
    return { text: '', error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
