import type { Case } from './bad-input.ts';

type Api = (at: string, wrong: string, body: unknown, field: string | undefined, says: RegExp, status?: number) => Case;

const plan = { name: 'P', purpose: 'p', steps: [{ id: 'a', when: { kind: 'day', day: 0, time: '09:00' }, text: 'x' }] };
const step = (more: object) => ({ ...plan, steps: [{ ...plan.steps[0], ...more }] });
const at = '2026-01-01T00:00:00Z';
const person = { people: [{ id: 'p_0000001' }] };

/** Rules of the platforms, money, plans of groups, what staff are asked to do. */
export const wechatCases = (api: Api): Case[] => [
  api('PUT /api/limits/no.such', 'a rule that is none', {}, undefined, /not found/, 404),
  api('PUT /api/limits/wecom.welcome.seconds', 'a rule that nobody can set', { value: 30 }, 'key', /cannot be set/),
  api('PUT /api/limits/wecom.mass.reminders', 'no number', { value: null }, 'value', /missing/),
  api('PUT /api/limits/wecom.mass.reminders', 'a number that is none', { value: 1.5 }, 'value', /./),
  api('PUT /api/limits/wecom.mass.perCustomer', 'a period of another kind', { period: { minutes: 5 } }, 'period', /another kind/),
  api('PUT /api/limits/official.template.perDay', 'another period', { period: { calendar: 'month' } }, 'period', /day/),
  api('PUT /api/limits/pay.transfer.most', 'money beyond another rule', { value: 200_000 }, 'value', /not be above 199999/),
  api('PUT /api/limits/pay.transfer.least', 'more than the most', { value: 20_001 }, 'value', /not be above 20000/),
  api('DELETE /api/limits/no.such', 'a rule that is none', undefined, undefined, /not found/, 404),

  api('PUT /api/channels/wechat_pay', 'nothing', {}, 'mchid', /./),
  api('PUT /api/channels/wechat_pay', 'a number with letters', { mchid: '12ab' }, 'mchid', /digits/),
  api('GET /api/pay/transfers?state=gone', 'a state that is none', undefined, 'state', /./),
  api('GET /api/pay/transfers?limit=0', 'a page of nobody', undefined, 'limit', /./),
  api('POST /api/pay/transfers/t1/cancel', 'no id of a transfer', undefined, 'id', /not the id/),
  api(`POST /api/pay/transfers/${'0'.repeat(32)}/cancel`, 'a transfer that is none', undefined, undefined, /not found/, 404),

  api('POST /api/groups/plans', 'no purpose', { ...plan, purpose: '' }, 'purpose', /./),
  api('POST /api/groups/plans', 'no messages', { ...plan, steps: [] }, 'steps', /at least one/),
  api(
    'POST /api/groups/plans',
    'a time that is none',
    step({ when: { kind: 'day', day: 0, time: '25:00' } }),
    'steps.0.when.time',
    /HH:MM/,
  ),
  api('POST /api/groups/plans', 'nothing to say', step({ text: ' ' }), 'steps.0.text', /say something/),
  api('POST /api/groups/plans', 'more than WeCom takes', step({ text: '字'.repeat(1_400) }), 'steps.0.text', /4000 bytes/),
  api(
    'POST /api/groups/plans',
    'an address that is none',
    step({ link: { url: 'ftp://x', title: 'x' } }),
    'steps.0.link.url',
    /web address/,
  ),
  api('POST /api/groups/plans', 'the same message twice', { ...plan, steps: [...plan.steps, ...plan.steps] }, 'steps', /same id/),
  api('GET /api/groups/plans/gpl_none', 'a plan that is none', undefined, undefined, /not found/, 404),
  api('POST /api/groups/plans/gpl_none/launch', 'a plan that is none', undefined, undefined, /not found/, 404),
  api('GET /api/groups/calendar?from=tomorrow', 'a day that is none', undefined, 'from', /./),
  api('GET /api/groups/calendar?days=90', 'too many days', undefined, 'days', /31/),
  api('GET /api/groups/calendar/sends?planId=a&stepId=b', 'no time', undefined, 'at', /./),
  api('POST /api/groups/calendar/remind', 'a plan that is none', { planId: 'gpl_none', stepId: 'a', at }, undefined, /not found/, 404),
  api('POST /api/groups/handover', 'nobody who takes over', { from: 'li', to: [] }, 'to', /who takes over/),
  api('POST /api/groups/handover', 'without WeCom', { from: 'li', to: ['wu'] }, undefined, /not set up/, 409),
  api('POST /api/groups/welcomes', 'nothing to say', { name: 'W', text: '' }, 'text', /say something/),
  api('PUT /api/groups/welcomes/gw_none', 'a welcome that is none', { name: 'W', text: 'x' }, undefined, /not found/, 404),

  api('POST /api/mass-messages/remind', 'none', { ids: [] }, 'ids', /./),
  api('POST /api/moments', 'no content', {}, 'contentId', /./),
  api('POST /api/moments/check', 'a sender that is none', { contentId: 'c', staff: [''] }, 'staff.0', /./),
  api('GET /api/moments/mom_none', 'a moment that is none', undefined, undefined, /not found/, 404),
  api('POST /api/moments/mom_none/cancel', 'a moment that is none', undefined, undefined, /not found/, 404),
  api('POST /api/staff-messages', 'nobody', { staff: [], text: 'x' }, 'staff', /./),
  api('POST /api/staff-messages', 'nothing to say', { staff: ['li'], text: ' ' }, 'text', /./),
  api('POST /api/staff-messages', 'an address that is none', { staff: ['li'], text: 'x', url: 'javascript:1' }, 'url', /./),
  api('POST /api/staff-messages', 'without WeCom', { staff: ['li'], text: 'x' }, undefined, /not set up/, 409),

  api('POST /api/staff-tasks', 'nobody', { people: [] }, 'people', /at least one/),
  api('POST /api/staff-tasks', 'an id that is none', { people: [{ id: 'me' }] }, 'people.0.id', /./),
  api('POST /api/staff-tasks', 'more words than fit', { people: [{ id: 'p_0000001', text: 'x'.repeat(301) }] }, 'people.0.text', /300/),
  api('POST /api/staff-tasks', 'a message of no words', { ...person, message: { title: 'x', text: '' } }, 'message.text', /./),
  api('GET /api/sidebar/tasks', 'nobody whose tasks are asked for', undefined, 'staff', /./),
  api('POST /api/sidebar/tasks/tsk_none?staff=li', 'neither done nor later', { act: 'burn' }, 'act', /done or snooze/),
  api('POST /api/sidebar/tasks/tsk_none?staff=li', 'of nobody who is staff', { act: 'done' }, undefined, /not found/, 404),
];
