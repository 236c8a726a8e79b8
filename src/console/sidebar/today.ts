import { card, h } from './dom.ts';
import { server, type Task, type Today, why } from './server.ts';
import { dayIn, percent, say } from './words.ts';

const inWecom = /wxwork/i.test(navigator.userAgent);
export const dayAfter = (day: string, days = 1): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

export interface TodayOptions {
  tell(text: string): void;
  /** Shows one customer. */
  open(customer: string): void;
  /** The way back, where there is one. */
  back?: () => void;
  /** What else there is to say. */
  hint?: string;
}

const reason = (task: Task): string =>
  task.kind === 'greet'
    ? say('greet')
    : task.kind === 'act' && task.text === ''
      ? say('act', { chance: percent(task.chance ?? 0) })
      : task.text;

/** All that a staff member is to see to today. */
export function todayList(today: Today, options: TodayOptions): HTMLElement[] {
  const { tell, open, back, hint } = options;
  const line = (task: Task): HTMLElement => {
    const { customer } = task;
    const answer = async (until?: string): Promise<void> => {
      try {
        await server.answer(task.id, until);
        today.items = today.items.filter((one) => one !== task);
        item.remove();
        if (today.items.length === 0) list.replaceWith(none());
      } catch (error) {
        tell(say('failed', { why: why(error) }));
      }
    };
    const chat = async (): Promise<void> => {
      try {
        if (inWecom) await (await import('./wecom.ts')).openChat(customer!);
        else open(customer!);
      } catch (error) {
        tell(say('failed', { why: why(error) }));
      }
    };
    const button = (word: 'done' | 'tomorrow' | 'chat', act: () => void, cls: string) =>
      h('button', { class: cls, 'data-testid': `task-${word}`, 'aria-label': `${say(word)} ${task.name}`, click: act }, say(word));
    const item = h(
      'li',
      { 'data-testid': `task-${task.kind}` },
      h(
        'p',
        { class: 'row' },
        customer === null
          ? h('b', { class: 'grow cut' }, task.name)
          : h('button', { class: 'link grow cut', click: () => open(customer) }, task.name),
        task.overdue && h('span', { class: 'warn' }, say('overdue', { day: dayIn(task.due) })),
      ),
      h('p', {}, reason(task)),
      h(
        'p',
        { class: 'row tools' },
        button('done', () => void answer(), 'go small'),
        button('tomorrow', () => void answer(dayAfter(today.day)), 'quiet'),
        customer !== null && button('chat', () => void chat(), 'quiet'),
      ),
    );
    return item;
  };
  const none = () => h('p', { class: 'soft', 'data-testid': 'today-none' }, say('allDone'));
  const list = today.items.length > 0 ? h('ul', { class: 'lines' }, ...today.items.map(line)) : none();
  const waiting = today.waiting.map(({ content, customers }) =>
    h('li', {}, content === null ? say('waitingUnnamed', { count: customers }) : say('waiting', { name: content, count: customers })),
  );
  return [
    ...(back ? [h('button', { class: 'quiet', 'data-testid': 'today-back', click: back }, `‹ ${say('back')}`)] : []),
    ...(waiting.length > 0 ? [card(null, 'today-waiting', h('ul', { class: 'lines' }, ...waiting))] : []),
    card(
      say('today'),
      'sidebar-today',
      list,
      today.later > 0 && h('p', { class: 'soft' }, say('later', { count: today.later })),
      hint !== undefined && h('p', { class: 'soft' }, hint),
    ),
  ];
}
