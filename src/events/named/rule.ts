import { z } from 'zod';
import { fitsChain, parseSelector } from './selector.ts';

/** What the SDKs capture by themselves, and how a definition speaks of it. */
export const captured = { click: 'Element Clicked', submit: 'Form Submitted', change: 'Element Changed' } as const;

const condition = z.object({
  op: z.enum(['=', 'contains', 'starts with'], { error: "must be '=', 'contains' or 'starts with'" }),
  value: z.string().min(1, 'must not be empty').max(300),
});

export const ruleShape = z.object({
  on: z.enum(['click', 'submit', 'change'], { error: "must be 'click', 'submit' or 'change'" }),
  selector: z
    .string()
    .max(600)
    .refine(
      (text) => parseSelector(text) !== undefined,
      'must be a selector of tags, #ids, .classes, [attributes] and :nth-of-type, such as main > button.buy',
    ),
  text: condition.optional().describe('What the element says'),
  path: condition.optional().describe('The path of the page'),
});
export type Rule = z.infer<typeof ruleShape>;

export interface Captured {
  event: string;
  properties: { element_chain?: unknown; element_text?: unknown; path?: unknown };
}

/** A definition as a test over captured events. */
export function matcher(rule: Rule): (of: Captured) => boolean {
  const selector = parseSelector(rule.selector)!;
  const holds = (wanted: Rule['text'], value: unknown): boolean => {
    if (!wanted) return true;
    const text = typeof value === 'string' ? value : '';
    if (wanted.op === '=') return text === wanted.value;
    return wanted.op === 'contains' ? text.includes(wanted.value) : text.startsWith(wanted.value);
  };
  return ({ event, properties }) => {
    if (event !== captured[rule.on] || typeof properties.element_chain !== 'string') return false;
    if (!holds(rule.text, properties.element_text) || !holds(rule.path, properties.path)) return false;
    const chain = parseSelector(properties.element_chain);
    return chain !== undefined && fitsChain(selector, chain);
  };
}

/** Words that stand in the chain of whatever can match, so that the engine need not hand over all the rest. */
export function wordsOf(rule: Rule): string[] {
  return parseSelector(rule.selector)!
    .flatMap((step) => [...(step.id ? [`#${step.id}`] : []), ...step.classes.map((one) => `.${one}`)])
    .slice(0, 6);
}
