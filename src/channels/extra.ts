import type { ReadyContent, Scope } from '../content/index.ts';
import type { MessageExtra } from './adapter.ts';

/** Channels that say more than a text. */
const saysMore: ReadonlySet<string> = new Set(['email', 'sms', 'push']);
const showsPosters: ReadonlySet<string> = new Set(['wecom', 'official_account', 'webhook']);
export const hasExtra = (channel: string, { words }: ReadyContent): boolean =>
  saysMore.has(channel) || (words.poster !== null && showsPosters.has(channel));

/** What a message says beside its text; `hide` as for the text. Throws where a template cannot be carried out. */
export function extraOf(content: ReadyContent, scope: Scope, hide: (text: string) => string, marketing: boolean): MessageExtra {
  const said = new Map([...content.also].map(([field, template]) => [field, hide(template.render(scope).trim())]));
  const { template, picture, poster } = content.words;
  const [title, preheader] = [said.get('title'), said.get('preheader')];
  const fields = Object.fromEntries(Object.keys(template?.fields ?? {}).map((name) => [name, said.get(`template.fields.${name}`) ?? '']));
  return {
    ...(title ? { title } : {}),
    ...(preheader ? { preheader } : {}),
    ...(picture ? { picture } : {}),
    ...(poster ? { poster } : {}),
    ...(template ? { template: { templateId: template.templateId, fields } } : {}),
    ...(marketing ? { marketing } : {}),
  };
}
