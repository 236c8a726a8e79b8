import { useTranslation } from 'react-i18next';
import type { Overlap } from '../api/audiences.ts';
import { useFormat } from '../ui/format.ts';

const shown = 20;

/** Who is in which: a column a combination, as high as it has people; dots say which audiences it is made of. */
export function UpSet({
  data,
  chosen,
  onChoose,
}: {
  data: Overlap;
  chosen: string[] | undefined;
  onChoose: (combination: string[]) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = data.intersections.slice(0, shown);
  const most = Math.max(1, ...columns.map((c) => c.count));
  const row = 30;
  const [left, width, top] = [190, 46, 150];
  const x = (i: number) => left + i * width + width / 2;
  const y = (i: number) => top + 24 + i * row;
  const isChosen = (inside: string[]) => chosen !== undefined && chosen.join() === inside.join();
  return (
    <div style={{ overflowX: 'auto' }}>
      <svg
        width={left + columns.length * width + 10}
        height={top + 34 + data.sets.length * row}
        role="img"
        aria-label={t('audience.compare.picture')}
        data-testid="upset"
      >
        {data.sets.map((set, i) => (
          <g key={set.id}>
            {i % 2 === 0 && (
              <rect x={0} y={y(i) - row / 2} width={left + columns.length * width} height={row} fill="currentColor" opacity={0.04} />
            )}
            <text x={left - 14} y={y(i) - 2} textAnchor="end" fontSize={12} fill="currentColor">
              {set.name.length > 16 ? `${set.name.slice(0, 15)}…` : set.name}
              <title>{set.name}</title>
            </text>
            <text x={left - 14} y={y(i) + 11} textAnchor="end" fontSize={10} fill="currentColor" opacity={0.6}>
              {format.number(set.count)}
            </text>
          </g>
        ))}
        {columns.map((column, i) => {
          const height = Math.max(2, (column.count / most) * (top - 30));
          const members = data.sets.flatMap((set, n) => (column.in.includes(set.id) ? [n] : []));
          const names = members.map((n) => data.sets[n]!.name).join(' ∩ ');
          return (
            // biome-ignore lint/a11y/useSemanticElements: inside a picture there are no buttons
            <g
              key={column.in.join()}
              role="button"
              tabIndex={0}
              aria-label={`${names}: ${column.count}`}
              style={{ cursor: 'pointer', outlineOffset: -2 }}
              onClick={() => onChoose(column.in)}
              onKeyDown={(event) => event.key === 'Enter' && onChoose(column.in)}
              data-testid="combination"
            >
              <title>{`${names}: ${format.number(column.count)}`}</title>
              <rect x={x(i) - width / 2} y={0} width={width} height={top + 34 + data.sets.length * row} fill="transparent" />
              <rect x={x(i) - 12} y={top - height} width={24} height={height} rx={3} fill={isChosen(column.in) ? '#E69F00' : '#0072B2'} />
              <text x={x(i)} y={top - height - 5} textAnchor="middle" fontSize={11} fill="currentColor">
                {format.short(column.count)}
              </text>
              {members.length > 1 && (
                <line
                  x1={x(i)}
                  x2={x(i)}
                  y1={y(members[0]!)}
                  y2={y(members.at(-1)!)}
                  stroke="currentColor"
                  strokeWidth={3}
                  opacity={0.75}
                />
              )}
              {data.sets.map((set, n) => (
                <circle key={set.id} cx={x(i)} cy={y(n)} r={7} fill="currentColor" opacity={members.includes(n) ? 0.85 : 0.12} />
              ))}
            </g>
          );
        })}
      </svg>
      {data.intersections.length > shown && (
        <div className="soft small">{t('audience.compare.more', { n: data.intersections.length - shown })}</div>
      )}
    </div>
  );
}
