import type { Acting } from './acts.ts';
import { card, h } from './dom.ts';
import { type SidebarView, server, why } from './server.ts';
import { dayAfter } from './today.ts';
import { dayIn, say } from './words.ts';

/** What is to be seen to about this customer, by whom and when. */
export function followUps(view: SidebarView, { customer, tell, again }: Acting): HTMLElement {
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      again();
    } catch (error) {
      // What was written stays in the field.
      tell(say('failed', { why: why(error) }));
    }
  };
  const field = h('input', { class: 'grow', maxlength: 300, placeholder: say('writeFollowUp'), 'aria-label': say('writeFollowUp') });
  const due = h('input', { type: 'date', value: dayAfter(view.day), min: view.day, 'aria-label': say('due') });
  field.dataset.testid = 'follow-up-text';
  const add = () =>
    attempt(async () => {
      const text = field.value.trim();
      if (text === '' || due.value === '') return;
      const { id } = await server.followUp(customer, text, due.value);
      const made = { id, text, due: due.value, mine: true, by: view.staff?.name ?? '' };
      view.tasks = [...view.tasks, made].sort((a, b) => a.due.localeCompare(b.due));
    });
  const finish = (id: string) =>
    attempt(async () => {
      await server.answer(id);
      view.tasks = view.tasks.filter((task) => task.id !== id);
    });
  const lines = view.tasks.map((task) =>
    h(
      'li',
      { class: 'row' },
      h(
        'div',
        { class: 'grow' },
        task.text,
        h('p', { class: task.due < view.day ? 'warn' : 'soft' }, say('by', { day: dayIn(task.due), name: task.by })),
      ),
      task.mine && h('button', { class: 'quiet', 'data-testid': 'follow-up-done', click: () => void finish(task.id) }, say('done')),
    ),
  );
  return card(
    say('followUps'),
    'sidebar-follow-ups',
    h('ul', { class: 'lines' }, ...lines),
    view.staff !== null &&
      h(
        'div',
        { class: 'row wrap' },
        field,
        due,
        h('button', { class: 'go', 'data-testid': 'follow-up-add', click: () => void add() }, say('add')),
      ),
  );
}
