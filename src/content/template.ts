import { Context, Liquid, type Template } from 'liquidjs';
import type { FieldError } from '../base/index.ts';

/**
 * Liquid for messages: only what the person's own data and the link give; no files, no layouts, and limits on
 * length, steps and memory, so that no template can hold up a send. Steps are counted, not timed: a busy machine fails no message.
 */
const engine = new Liquid({
  strictFilters: true,
  strictVariables: false,
  ownPropertyOnly: true,
  templates: {},
  dynamicPartials: false,
  parseLimit: 20_000,
  memoryLimit: 2_000_000,
});
for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag];

/** No channel carries more. */
const longestText = 10_000;
const mostSteps = 10_000;

export interface Scope {
  person: Record<string, unknown>;
  link: string;
  /** Where people say what they want to be sent, and what not. */
  unsubscribe?: string | undefined;
  /** What a message's way through a journey brought with it: `entry`, `coupon`, `group`. */
  carried?: Record<string, unknown> | undefined;
}
/** Names of what a journey may bring with it. */
const carriedNames = ['entry', 'coupon', 'group'];

export interface ParsedTemplate {
  /** The text for one person; throws when the template cannot be carried out. */
  render(scope: Scope): string;
  /** Whether the text itself holds the link, so that it need not be added. */
  readonly holdsLink: boolean;
  /** Whether the text itself says where to unsubscribe. */
  readonly holdsUnsubscribe: boolean;
  /** Whether the text asks what a journey brought with it. */
  readonly asksCarried: boolean;
}

/** Reads a template; errors say the line and what is wrong there. */
export function parseTemplate(body: string): { template: ParsedTemplate } | { errors: FieldError[] } {
  let parsed: Template[];
  try {
    parsed = engine.parse(body);
  } catch (error) {
    return { errors: [{ field: 'body', reason: reasonOf(error) }] };
  }
  const names = engine.globalVariablesSync(parsed);
  const unknown = unknownVariables(names);
  if (unknown.length > 0) return { errors: unknown };
  return {
    template: {
      holdsLink: /\{[{%][^}]*\blink\b/.test(body),
      holdsUnsubscribe: names.includes('unsubscribe'),
      asksCarried: names.some((name) => carriedNames.includes(name)),
      render: (scope) => {
        const text = String(engine.renderSync(parsed, contextOf(scope)));
        if (text.length > longestText) throw new Error(`the text has ${text.length} characters; at most ${longestText} can be sent`);
        return text;
      },
    },
  };
}

/** The engine asks its limit at every step, with the time; this one counts the steps. */
function contextOf(scope: Scope): Context {
  const context = new Context(
    { ...scope.carried, person: scope.person, traits: scope.person, link: scope.link, unsubscribe: scope.unsubscribe ?? '' },
    engine.options,
    { sync: true },
    { liquid: engine },
  );
  let steps = 0;
  const check = (): void => {
    steps += 1;
    if (steps > mostSteps) throw new Error(`the template takes more than ${mostSteps} steps`);
  };
  context.renderLimit = { check, use: check } as unknown as Context['renderLimit'];
  return context;
}

/** A variable that nothing fills is a slip of the pen: `{{ peron.name }}` would send everyone an empty name. */
function unknownVariables(names: string[]): FieldError[] {
  return names
    .filter((name) => !['person', 'traits', 'link', 'unsubscribe', ...carriedNames].includes(name))
    .map((name) => ({
      field: 'body',
      reason: `"${name}" is not known here; use person.name, person.<trait>, link or unsubscribe`,
    }));
}

/** "line 3, column 5: tag "foo" not found" from a Liquid error. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const place = /,? line:(\d+), col:(\d+)/.exec(text);
  const said = text.replace(/,? line:\d+, col:\d+/, '');
  return place ? `line ${place[1]}, column ${place[2]}: ${said}` : said;
}

/** What templates see of a person: the traits, and a name also where the parts of it were sent apart. */
export function personScope(traits: Record<string, unknown>): Record<string, unknown> {
  if (typeof traits.name === 'string') return traits;
  const parts = [traits.firstName, traits.lastName].filter((part): part is string => typeof part === 'string' && part !== '');
  const name = parts.length > 0 ? parts.join(' ') : typeof traits.nickname === 'string' ? traits.nickname : '';
  return { ...traits, name };
}
