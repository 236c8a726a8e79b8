import { z } from 'zod';
import { badInput, notFound } from '../base/index.ts';
import { personId, personNo, survivingPerson } from '../people/index.ts';
import { banditShares } from './bandit.ts';
import type { Row } from './definitions.ts';
import { type EntryData, holdsOfEntry } from './entry-data.ts';
import { branchKeys, branchName, type EntryNode, type JourneyNode, otherwise, spanMs } from './graph.ts';
import { createPlan, type Plan, splitBranch } from './plan.ts';
import { type Deps, zoneOf } from './ports.ts';
import { opensAt, waitEnds } from './window.ts';

/** A journey tried with one person, step by step. Nothing is written and nothing is sent. */

export const tryBody = z.object({
  personId: z.string().min(1, { error: 'is missing; choose a person' }).max(64),
  /** When they come in; now where it is not said. Rules are asked as things are now. */
  at: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T02:00:00Z' }).optional(),
  /** By which entry, where there are several. */
  entry: z.string().max(200).optional(),
  /** What the entry's event says. */
  data: z.record(z.string().max(200), z.unknown()).optional(),
  /** Which branch is taken at which step, where it is not to be found out: `{until-1: 'met'}`. */
  choices: z.record(z.string().max(200), z.string().max(200)).optional(),
});
export type TryBody = z.output<typeof tryBody>;
const words = z.object({ zh: z.string(), en: z.string() });
export const tryAnswer = z.object({
  steps: z.array(
    z.object({
      node: z.string(),
      type: z.string(),
      at: z.string(),
      branch: z.string().nullable(),
      /** Why it goes this way. */
      why: words,
      /** Of a message: what the person would read. */
      text: z.string().nullable(),
      /** Branches that might be chosen here. */
      choices: z.array(z.string()),
    }),
  ),
  /** How it ends: at an exit, where no way leads on, by an exit rule, or after too many steps. */
  end: z.enum(['exit', 'completed', 'exit_rule', 'jumped', 'too_long']),
});
export type TryAnswer = z.output<typeof tryAnswer>;
type Words = z.output<typeof words>;

const mostSteps = 300;

export async function tryOut(deps: Deps, workspaceNo: number, journey: Row, ask: TryBody): Promise<TryAnswer> {
  const no = await survivingPerson(deps.pg, workspaceNo, personNo(ask.personId));
  if (no === undefined) throw notFound('Person');
  const plan = createPlan({ journeyNo: journey.no, journeyId: journey.id, version: journey.version }, journey.graph);
  const entry = ask.entry === undefined ? plan.entries[0] : plan.entries.find((e) => e.id === ask.entry);
  if (!entry)
    throw badInput([
      { field: 'entry', reason: ask.entry === undefined ? 'this journey has no entry; add one' : 'names no entry of this journey' },
    ]);
  const enteredAt = ask.at ? Date.parse(ask.at) : deps.clock.ms();
  const trial: Trial = {
    deps,
    workspaceNo,
    no,
    plan,
    zone: await zoneOf(deps, workspaceNo),
    ask,
    at: enteredAt,
    enteredAt,
    jumps: {},
  };
  const steps: TryAnswer['steps'] = [];
  for (let id: string | undefined = entry.id; id !== undefined; ) {
    if (steps.length >= mostSteps) return { steps, end: 'too_long' };
    const node: JourneyNode | undefined = plan.node(id);
    if (!node) break;
    const leaves = await exits(trial);
    if (leaves)
      return {
        steps: [...steps, shown(trial, leaves, { why: both('符合退出规则，离开流程', 'an exit rule holds: leaves') })],
        end: 'exit_rule',
      };
    const step = await tryNode(trial, node);
    steps.push(shown(trial, node, step));
    if (node.type === 'exit') return { steps, end: 'exit' };
    if (node.type === 'jump' && node.journey) return { steps, end: 'jumped' };
    id = step.to ?? plan.next(id, step.branch);
  }
  return { steps, end: 'completed' };
}

interface Trial {
  deps: Deps;
  workspaceNo: number;
  no: number;
  plan: Plan;
  zone: string;
  ask: TryBody;
  at: number;
  enteredAt: number;
  jumps: Record<string, number>;
}
interface Step {
  why: Words;
  branch?: string;
  text?: string;
  /** Where it goes, if not along an edge. */
  to?: string;
}
const both = (zh: string, en: string): Words => ({ zh, en });

const shown = (trial: Trial, node: JourneyNode, { branch = undefined, why, text = undefined }: Step): TryAnswer['steps'][number] => ({
  ...{ node: node.id, type: node.type, at: new Date(trial.at).toISOString(), branch: branch ?? null, why, text: text ?? null },
  choices: branchKeys(node),
});

async function exits({ deps, workspaceNo, no, plan }: Trial): Promise<JourneyNode | undefined> {
  const ruled = plan.exitRules.filter((n) => n.rule);
  if (ruled.length === 0) return undefined;
  const holds =
    (
      await deps.audience.which(
        workspaceNo,
        ruled.map((n) => n.rule),
        [no],
      )
    ).get(no) ?? [];
  return ruled[holds.indexOf(true)];
}

async function tryNode(trial: Trial, node: JourneyNode): Promise<Step> {
  const chosen = trial.ask.choices?.[node.id];
  if (chosen !== undefined) {
    const keys = branchKeys(node);
    if (keys.length === 0) throw badInput([{ field: `choices.${node.id}`, reason: 'this step has no branches' }]);
    if (!keys.includes(chosen)) throw badInput([{ field: `choices.${node.id}`, reason: `must be one of ${keys.join(', ')}` }]);
    if (node.type === 'until' && chosen === 'timeout') trial.at += spanMs(node);
    return { branch: chosen, why: both('按您的选择', 'as you chose') };
  }
  const { deps, workspaceNo, no, plan } = trial;
  const seed = `${plan.journeyId}:${node.id}`;
  switch (node.type) {
    case 'entry':
      return { why: entered(node) };
    case 'wait': {
      trial.at = Math.max(trial.at, waitEnds(node, trial.at, trial.zone)(new Date(trial.enteredAt)));
      return { why: both('等到这个时间', 'waits until this time') };
    }
    case 'until':
      return tryUntil(trial, node);
    case 'window': {
      const opens = opensAt(node, trial.at, trial.zone);
      if (opens === undefined) return { why: both('正在时段内，直接通过', 'the hours are open: goes on at once') };
      trial.at = opens;
      return { why: both('等到时段开始', 'waits until the hours begin') };
    }
    case 'branch': {
      const asked = node.branches.filter((b) => b.rule);
      const holds =
        asked.length > 0
          ? ((
              await deps.audience.which(
                workspaceNo,
                asked.map((b) => b.rule),
                [no],
              )
            ).get(no) ?? [])
          : [];
      const data = trial.ask.data as EntryData | undefined;
      const found = node.branches.find((b) => (!b.rule || holds[asked.indexOf(b)]) && holdsOfEntry(data, b.entry));
      const name = found ? branchName(node, found.key) : '';
      const why = found ? both(`符合“${name}”的规则`, `the rule of "${name}" holds`) : both('不符合任何分支的规则', 'no rule holds');
      return { branch: found?.key ?? otherwise, why };
    }
    case 'split':
      return { branch: splitBranch(seed, no, node.branches), why: both('按比例固定分到这一支', 'this person always has this branch') };
    case 'bandit': {
      const shares = await banditShares(deps, plan, node, deps.clock.now());
      const said = shares.map((s) => `${branchName(node, s.key)} ${s.weight.toFixed(0)}%`).join(', ');
      return { branch: splitBranch(`${seed}:1:0`, no, shares), why: both(`按目前的比例：${said}`, `by the shares of now: ${said}`) };
    }
    case 'holdout': {
      const parts = [
        { key: 'held', weight: node.percent },
        { key: 'go', weight: 100 - node.percent },
      ];
      const branch = splitBranch(seed, no, parts);
      return { branch, why: branch === 'held' ? both('属于对照组，不触达', 'is held out') : both('不属于对照组', 'is not held out') };
    }
    case 'send':
    case 'group':
      return trySend(trial, node);
    case 'coupon':
      return { branch: 'issued', why: both('会发出这张券（若有库存）', 'would get this coupon, if there is one left') };
    case 'tag':
      return {
        why: node.add
          ? both(`会打上标签 ${node.add}`, `would get the tag ${node.add}`)
          : both(`会去掉标签 ${node.remove}`, `would lose the tag ${node.remove}`),
      };
    case 'task':
      return { why: both('会给员工建一条任务', 'staff would get a task') };
    case 'webhook':
      return { why: both('会通知 Webhook', 'the webhook would be told') };
    case 'jump':
      return tryJump(trial, node);
    case 'exit':
      return { why: both('流程结束', 'the end') };
    default:
      return { why: both('经过', 'passes by') };
  }
}

const entered = (node: EntryNode): Words =>
  node.event ? both(`发生“${node.event}”后进入`, `enters by "${node.event}"`) : both('进入流程', 'enters');

async function tryUntil(trial: Trial, node: Extract<JourneyNode, { type: 'until' }>): Promise<Step> {
  const { deps, workspaceNo, no } = trial;
  if (node.rule && (await deps.audience.which(workspaceNo, [node.rule], [no])).get(no)?.[0])
    return { branch: 'met', why: both('规则现在已经成立', 'the rule holds already') };
  trial.at += spanMs(node);
  return {
    branch: 'timeout',
    why: both('按没有等到来走；可选择“met”看另一支', 'taken as if it did not come; choose "met" for the other way'),
  };
}

async function trySend(trial: Trial, node: Extract<JourneyNode, { type: 'send' | 'group' }>): Promise<Step> {
  const { deps, workspaceNo, no } = trial;
  if (!node.contentId || node.contentId === 'auto') return { why: both('到时选出最合适的内容', 'what fits best is chosen then') };
  const contentId = node.contentId;
  const [told, read] = await Promise.all([
    deps.channels.foresee(workspaceNo, {
      channel: node.channel,
      people: [no],
      contentId,
      journey: { id: trial.plan.journeyId, node: node.id },
    }),
    deps.content.preview(workspaceNo, contentId, personId(no)),
  ]);
  const [stop] = told.stopped;
  const why = stop ? both(`不会发出：${stop.zh}`, `would not be sent: ${stop.en}`) : both('会发出', 'would be sent');
  return { why, text: read.text };
}

function tryJump(trial: Trial, node: Extract<JourneyNode, { type: 'jump' }>): Step {
  if (node.journey) return { why: both('进入另一个流程', 'goes into another journey') };
  const gone = trial.jumps[node.id] ?? 0;
  if (gone >= (node.most ?? 1)) return { why: both(`已经回去 ${gone} 次，继续往下`, `has gone back ${gone} times: goes on`) };
  trial.jumps[node.id] = gone + 1;
  trial.at += spanMs(node);
  return { to: node.to!, why: both(`第 ${gone + 1} 次回到前面`, `goes back, round ${gone + 1}`) };
}
