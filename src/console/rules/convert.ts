import {
  type Aggregate,
  type Compare,
  type EventRule,
  type EventState,
  emptyGroup,
  freshId,
  type GroupState,
  type LeafState,
  type Measure,
  type Measured,
  missingOf,
  type NodeState,
  needsNoValue,
  type Rule,
  whereIn,
  whereOut,
} from './state.ts';

const AGGREGATES: Aggregate[] = ['sum', 'avg', 'min', 'max', 'distinct'];

function measureOut(measure: Measure | undefined): Partial<EventRule> {
  if (!measure) return {};
  if (measure.kind === 'first' || measure.kind === 'last') return { [measure.kind]: measure.window };
  const { kind, op, value = 0 } = measure;
  return { [kind]: kind === 'count' ? { op, value } : { property: measure.property ?? '', op, value } };
}

/** The editor compares measures with numbers only. */
const amount = ({ op, value }: Compare) => ({ op, ...(value === undefined ? {} : { value: Number(value) }) });

function measureIn(rule: EventRule): Measure | undefined {
  if (rule.count) return { kind: 'count', ...amount(rule.count) };
  if (rule.first) return { kind: 'first', window: rule.first };
  if (rule.last) return { kind: 'last', window: rule.last };
  for (const kind of AGGREGATES) {
    const measured: Measured | undefined = rule[kind];
    if (measured) return { kind, property: measured.property, ...amount(measured) };
  }
  return undefined;
}

function leafOut(leaf: LeafState): Rule {
  switch (leaf.kind) {
    case 'trait':
      return { trait: leaf.key ?? '', op: leaf.op, ...(needsNoValue(leaf.op) ? {} : { value: leaf.value }) };
    case 'tag':
      return { tag: leaf.key ?? '', ...(leaf.op ? { op: leaf.op, ...(needsNoValue(leaf.op) ? {} : { value: leaf.value }) } : {}) };
    case 'event':
      return {
        event: leaf.event ?? '',
        ...(leaf.where.length ? { where: whereOut(leaf.where) } : {}),
        ...(leaf.within ? { within: leaf.within } : {}),
        ...measureOut(leaf.measure),
      };
    case 'sequence':
      return {
        sequence: leaf.steps.map((step) => ({ event: step.event ?? '', ...(step.where.length ? { where: whereOut(step.where) } : {}) })),
        within: leaf.within ?? { days: 7 },
        ...(leaf.during ? { during: leaf.during } : {}),
      };
    default:
      return { [leaf.kind]: leaf.key ?? '' } as Rule;
  }
}

function nodeOut(node: NodeState): Rule | undefined {
  let rule: Rule | undefined;
  if (node.kind === 'group') {
    const children = node.children.map(nodeOut).filter((child) => child !== undefined);
    if (children.length) rule = node.mode === 'all' ? { all: children } : { any: children };
  } else if (!missingOf(node).length) {
    rule = leafOut(node);
  }
  return rule && node.negate ? { not: rule } : rule;
}

/** The rule so far, without unfinished conditions; undefined while there is none. A lone condition stands without a group. */
export function toRule(root: GroupState): Rule | undefined {
  const only = root.children[0];
  if (!root.negate && root.children.length === 1 && only) return nodeOut(only);
  return nodeOut(root);
}

function leafIn(rule: Rule): LeafState {
  const id = freshId();
  if ('trait' in rule) return { id, kind: 'trait', key: rule.trait, op: rule.op, value: rule.value };
  if ('tag' in rule) return { id, kind: 'tag', key: rule.tag, op: rule.op, value: rule.value };
  if ('sequence' in rule) {
    const steps = rule.sequence.map((step) => ({ id: freshId(), event: step.event, where: whereIn(step.where) }));
    return { id, kind: 'sequence', steps, within: rule.within, during: rule.during };
  }
  if ('event' in rule) {
    const state: EventState = {
      id,
      kind: 'event',
      event: rule.event,
      where: whereIn(rule.where),
      within: rule.within,
      measure: measureIn(rule),
    };
    return state;
  }
  if ('stage' in rule) return { id, kind: 'stage', key: rule.stage };
  if ('tier' in rule) return { id, kind: 'tier', key: rule.tier };
  if ('level' in rule) return { id, kind: 'level', key: rule.level };
  if ('audience' in rule) return { id, kind: 'audience', key: rule.audience };
  throw new Error(`unknown rule: ${JSON.stringify(rule)}`);
}

function nodeIn(rule: Rule): NodeState {
  if ('all' in rule) return emptyGroup('all', rule.all.map(nodeIn));
  if ('any' in rule) return emptyGroup('any', rule.any.map(nodeIn));
  if ('not' in rule) {
    const inner = nodeIn(rule.not);
    return inner.negate ? { ...emptyGroup('all', [inner]), negate: true } : { ...inner, negate: true };
  }
  return leafIn(rule);
}

export function fromRule(rule: Rule | null | undefined): GroupState {
  if (!rule) return emptyGroup();
  const node = nodeIn(rule);
  return node.kind === 'group' ? node : emptyGroup('all', [node]);
}
