import type { Answer, PathLink, PathsAnswer } from '../../../api/explore.ts';
import type { Behind, View } from '../answer.tsx';
import type { Saying } from './context.ts';

type Node = PathsAnswer['nodes'][number];

/** From step to step as a Sankey diagram; a node is a step with its place, so that going back and forth makes no circle. */
export function pathsView(answer: Answer<'paths'>, { t, format, event, phone }: Saying): View<PathLink> {
  const used = new Set(answer.rows.flatMap((link) => [`${link.step}|${link.source}`, `${link.step + 1}|${link.target}`]));
  const nodes = answer.nodes.filter((node) => used.has(`${node.step}|${node.name}`));
  const steps = new Set(nodes.map((node) => node.step)).size;
  const link = (row: PathLink): Behind => ({
    title: t('insight.explore.pathLink', { n: row.step, from: event(row.source), to: event(row.target) }),
    count: row.people,
    cell: row.cell,
  });
  const node = (one: Node): Behind => ({
    title: t('insight.explore.pathNode', { n: one.step, name: event(one.name) }),
    count: one.people,
    cell: one.cell,
  });
  return {
    option: answer.rows.length
      ? {
          tooltip: {
            trigger: 'item',
            formatter: (at: { data: { row?: PathLink; node?: Node } }) => {
              const { row, node: one } = at.data;
              if (row)
                return `${event(row.source)} → ${event(row.target)}<br/><b>${format.number(row.people)}</b> ${t('common.people')} · ${format.number(row.paths)} ${t('common.times')}`;
              return one
                ? `${event(one.name)}<br/><b>${format.number(one.people)}</b> ${t('common.people')} · ${t('insight.explore.endedHere', { n: format.number(one.ended) })}`
                : '';
            },
          },
          series: [
            {
              type: 'sankey',
              left: 4,
              right: phone ? 60 : 130,
              top: 8,
              bottom: 8,
              nodeGap: 10,
              nodeWidth: 12,
              draggable: false,
              emphasis: { focus: 'adjacency' },
              lineStyle: { color: 'source', opacity: 0.3, curveness: 0.5 },
              label: { fontSize: phone ? 10 : 12, width: phone ? 64 : 120, overflow: 'truncate' },
              data: nodes.map((one) => ({
                name: `${one.step}|${one.name}`,
                depth: one.step - 1,
                // Also those whose path ends here.
                value: one.paths,
                node: one,
                label: { formatter: `${event(one.name)} ${format.short(one.people)}` },
              })),
              links: answer.rows.map((row) => ({
                source: `${row.step}|${row.source}`,
                target: `${row.step + 1}|${row.target}`,
                value: row.paths,
                row,
              })),
            },
          ],
        }
      : undefined,
    height: Math.max(320, Math.min(760, (nodes.length / Math.max(1, steps)) * 44 + 80)),
    onClick: ({ data }) => {
      const { row, node: one } = data as { row?: PathLink; node?: Node };
      return row ? { behind: link(row) } : one ? { behind: node(one) } : undefined;
    },
    note: t('insight.explore.pathsNote', {
      people: format.number(answer.meta.people),
      paths: format.number(answer.meta.paths),
      n: answer.rows.length,
      all: answer.meta.links,
    }),
    rows: answer.rows,
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      {
        key: 'step',
        title: t('insight.funnel.step'),
        text: (row) => `${row.step} → ${row.step + 1}`,
        raw: (row) => `${row.step}→${row.step + 1}`,
        left: true,
      },
      { key: 'from', title: t('common.from'), text: (row) => event(row.source), raw: (row) => row.source, left: true },
      { key: 'to', title: t('common.to'), text: (row) => event(row.target), raw: (row) => row.target, left: true },
      {
        key: 'people',
        title: t('insight.funnel.people'),
        definition: 'paths.link',
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: link,
      },
      { key: 'paths', title: t('common.times'), text: (row) => format.number(row.paths), raw: (row) => row.paths },
      ...(answer.compared
        ? [
            {
              key: 'before',
              title: t('insight.explore.before'),
              text: (row: PathLink) => format.number(beforeOf(answer, row)),
              raw: (row: PathLink) => beforeOf(answer, row),
            },
          ]
        : []),
    ],
  };
}

function beforeOf(answer: Answer<'paths'>, row: PathLink): number {
  return answer.compared?.rows.find((one) => JSON.stringify(one.cell) === JSON.stringify(row.cell))?.people ?? 0;
}
