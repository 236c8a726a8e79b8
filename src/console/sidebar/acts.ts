import { card, h } from './dom.ts';
import { type Prepared, type SidebarView, server, why } from './server.ts';
import type { ChatPart } from './wecom.ts';
import { type Formats, nameIn, say, type Word } from './words.ts';

export interface Acting {
  customer: string;
  format: Formats;
  /** Words for a moment at the bottom of the screen. */
  tell(text: string): void;
  /** Shows the part anew after something has changed. */
  again(): void;
}

export function tags(view: SidebarView, { customer, tell, again }: Acting): HTMLElement {
  const { person } = view;
  const change = async (key: string, remove: boolean): Promise<void> => {
    const before = person.tags;
    const tag = view.tags.find((t) => t.key === key);
    person.tags = remove
      ? before.filter((t) => t.key !== key)
      : [...before, { key, name: tag?.name ?? { zh: key, en: key }, value: null, byHand: true }];
    again();
    try {
      await server.tag(customer, key, remove);
    } catch (error) {
      person.tags = before;
      again();
      tell(say('failed', { why: why(error) }));
    }
  };
  const held = new Set(person.tags.map((t) => t.key));
  const free = view.tags.filter((t) => !held.has(t.key));
  const chips = person.tags.map((t) =>
    h(
      'span',
      { class: 'chip', 'data-testid': `sidebar-tag-${t.key}` },
      t.value ? `${nameIn(t.name)}: ${t.value}` : nameIn(t.name),
      t.byHand &&
        h(
          'button',
          { class: 'drop', 'aria-label': say('removeTag', { name: nameIn(t.name) }), click: () => void change(t.key, true) },
          '×',
        ),
    ),
  );
  const add =
    free.length > 0 &&
    h(
      'select',
      {
        class: 'chip add',
        'data-testid': 'sidebar-add-tag',
        'aria-label': say('addTag'),
        change: (event) => void change((event.target as HTMLSelectElement).value, false),
      },
      h('option', { value: '' }, `+ ${say('addTag')}`),
      ...free.map((t) => h('option', { value: t.key }, nameIn(t.name))),
    );
  return card(
    say('tags'),
    'sidebar-tags',
    h('p', { class: 'chips' }, ...chips, chips.length === 0 && h('span', { class: 'soft' }, say('noTags')), add),
  );
}

const inWecom = /wxwork/i.test(navigator.userAgent);

/** The words, then what goes after them; what cannot leave this page is said. */
export async function deliver({ text, link, card }: Prepared): Promise<Word> {
  const parts: ChatPart[] = [];
  const linked = link && text.includes(link.url);
  if (link && !linked && link.title !== '') parts.push({ kind: 'text', text }, { kind: 'news', url: link.url, title: link.title, text });
  else parts.push({ kind: 'text', text: link && !linked ? `${text}\n${link.url}` : text });
  if (card) parts.push(card);
  if (!inWecom) {
    await navigator.clipboard.writeText(link && !linked ? `${text}\n${link.url}` : text);
    return card ? 'copiedPartly' : 'copied';
  }
  const { sendToChat } = await import('./wecom.ts');
  const [words, ...rest] = parts;
  await sendToChat(words!);
  try {
    for (const part of rest) await sendToChat(part);
  } catch {
    return 'partly';
  }
  return 'sent';
}

export function contents(view: SidebarView, { customer, tell }: Acting): HTMLElement {
  const send = async (id: string, button: HTMLButtonElement): Promise<void> => {
    button.disabled = true;
    button.textContent = say('sending');
    let messageId: string | undefined;
    try {
      const prepared = await server.prepare(customer, id);
      messageId = prepared.messageId;
      const how = await deliver(prepared);
      await server.sent(customer, messageId, true);
      tell(say(how));
    } catch (error) {
      if (messageId) await server.sent(customer, messageId, false).catch(() => {});
      tell(messageId ? say('notSent') : say('failed', { why: why(error) }));
    } finally {
      button.disabled = false;
      button.textContent = say('send');
    }
  };
  const lines = view.contents.map((content) => {
    const along = [
      content.link !== null && `↗ ${content.link || say('withLink')}`,
      content.card === 'mini_program' && say('withMiniProgram'),
      content.card === 'picture' && say('withPicture'),
    ].filter((one) => one !== false);
    return h(
      'li',
      { class: 'row' },
      content.picture !== null && h('img', { class: 'face', src: `/api/content/files/${content.picture}/thumb`, alt: '', loading: 'lazy' }),
      h(
        'div',
        { class: 'grow' },
        h('b', { class: 'cut' }, content.name),
        h('p', { class: 'soft cut' }, content.preview),
        along.length > 0 && h('small', { class: 'water' }, along.join(' · ')),
      ),
      h(
        'button',
        {
          class: 'go',
          'data-testid': `sidebar-send-${content.id}`,
          click: (event) => void send(content.id, event.currentTarget as HTMLButtonElement),
        },
        say('send'),
      ),
    );
  });
  const list = lines.length > 0 ? h('ul', { class: 'lines' }, ...lines) : h('p', { class: 'soft' }, say('noContents'));
  return card(say('contents'), 'sidebar-contents', list);
}

export function notes(view: SidebarView, { customer, format, tell, again }: Acting): HTMLElement {
  const field = h('textarea', {
    rows: 2,
    maxlength: 2000,
    placeholder: say('writeNote'),
    'aria-label': say('writeNote'),
    'data-testid': 'sidebar-note',
  });
  const save = async (): Promise<void> => {
    const text = field.value.trim();
    if (text === '') return;
    try {
      await server.note(customer, text);
      view.notes = [{ id: '', text, at: new Date().toISOString(), by: view.staff?.name ?? '' }, ...view.notes].slice(0, 5);
      again();
    } catch (error) {
      // What was written stays in the field.
      tell(say('failed', { why: why(error) }));
    }
  };
  return card(
    say('notes'),
    'sidebar-notes',
    h(
      'div',
      { class: 'row' },
      field,
      h('button', { class: 'go', 'data-testid': 'sidebar-save-note', click: () => void save() }, say('save')),
    ),
    h('ul', { class: 'lines' }, ...view.notes.map((n) => h('li', {}, n.text, h('p', { class: 'soft' }, `${n.by} · ${format.time(n.at)}`)))),
  );
}
