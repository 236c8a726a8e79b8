import { notFound, problem } from '../base/index.ts';
import type { Deps } from './ports.ts';
import type { Journey, NewJourney } from './schema.ts';
import { type Language, type Making, type Template, templates } from './templates.ts';

/** The channel that reaches most of a pool comes first. */
const preferred = ['wecom', 'official_account', 'mini_program', 'email', 'sms', 'push', 'webhook'];

/** The channels to people that are set up, and the one that a template speaks over. */
export async function usualChannels(deps: Pick<Deps, 'channels'>, workspaceNo: number): Promise<{ there: string[]; first: string }> {
  const kinds = new Set((await deps.channels.accounts.all(workspaceNo)).map((a) => a.kind as string));
  const there = preferred.filter((kind) => kinds.has(kind) && kind !== 'webhook');
  return { there, first: there[0] ?? (kinds.has('webhook') ? 'webhook' : 'wecom') };
}

/** Makes a template's content and coupons as drafts, and with them a draft of the journey. */
export async function fromTemplate(
  deps: Deps,
  workspaceNo: number,
  ask: { key: string; name?: string | undefined; channel?: string | undefined; language: Language },
  create: (workspaceNo: number, journey: NewJourney) => Promise<Journey>,
): Promise<Journey> {
  const template = templates.find((t) => t.key === ask.key);
  if (!template) throw notFound('Template');
  const { there, first } = await usualChannels(deps, workspaceNo);
  const channel = ask.channel ?? first;
  const { graph, contents, coupons } = planned(template, ask.language, channel, there.filter((kind) => kind !== channel).slice(0, 4));
  const port = deps.coupons;
  if (coupons.length > 0 && !port) throw problem(409, 'There are no coupons here, which this template gives out');
  const ids = new Map<string, string>();
  const { purpose } = template;
  for (const { mark, name, body } of contents)
    ids.set(mark, (await deps.content.create(workspaceNo, { name, kind: 'text', body, purpose })).id);
  for (const { mark, coupon } of coupons) ids.set(mark, await port!.draft(workspaceNo, coupon));
  const made = JSON.parse(JSON.stringify(graph), (_key, value) => (typeof value === 'string' ? (ids.get(value) ?? value) : value));
  return create(workspaceNo, { name: ask.name ?? template.name[ask.language], purpose, graph: made });
}

/** A template's graph with marks in the places of what is yet to be made. */
function planned(template: Template, language: Language, channel: string, others: readonly string[]) {
  const contents: { mark: string; name: string; body: string }[] = [];
  const coupons: { mark: string; coupon: Parameters<Making['coupon']>[0] }[] = [];
  const graph = template.build({
    ...{ zh: language === 'zh', channel, others },
    content: (name, body) => {
      const mark = `@content-${contents.length}`;
      contents.push({ mark, name, body });
      return mark;
    },
    coupon: (coupon) => {
      const mark = `@coupon-${coupons.length}`;
      coupons.push({ mark, coupon });
      return mark;
    },
  });
  return { graph, contents, coupons };
}
