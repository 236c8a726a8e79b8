import { Card, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { EffectRow } from '../api/content-effect.ts';
import { useFormat } from '../ui/format.ts';

const mostItems = 20;

/** Content by who it reached: the deeper the colour, the more of them ordered; hatched where they are too few to say. */
export function EffectHeat({
  rows,
  keyName,
  onOpen,
}: {
  rows: readonly EffectRow[];
  keyName: (key: string) => string;
  onOpen: (row: EffectRow) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const keys = [...new Set(rows.map((row) => row.key))];
  const items = [...Map.groupBy(rows, (row) => row.contentId)].slice(0, mostItems);
  const most = Math.max(0.0001, ...rows.filter((row) => row.order.enough).map((row) => row.order.share ?? 0));
  return (
    <Card size="small" title={t('content.effect.heat')} data-testid="effect-heat">
      <div style={{ overflowX: 'auto' }}>
        <table style={{ borderCollapse: 'separate', borderSpacing: 3, minWidth: 480 }}>
          <thead>
            <tr>
              <th />
              {keys.map((key) => (
                <th key={key} className="soft small" style={{ fontWeight: 400, padding: '0 6px' }}>
                  {keyName(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map(([id, list]) => (
              <tr key={id}>
                <th style={{ textAlign: 'start', fontWeight: 400, maxWidth: 180 }} className="clip">
                  <Link to={`/content/${id}?tab=radar`}>{list[0]!.name}</Link>
                </th>
                {keys.map((key) => {
                  const row = list.find((one) => one.key === key);
                  if (!row) return <td key={key} />;
                  const { order } = row;
                  const part = order.enough && order.share !== null ? Math.round((order.share / most) * 70) + 10 : 0;
                  return (
                    <td key={key} style={{ padding: 0 }}>
                      <Tooltip title={t('content.effect.cell', { part: order.part, of: order.of })}>
                        <button
                          type="button"
                          onClick={() => onOpen(row)}
                          style={{
                            width: '100%',
                            minWidth: 64,
                            minHeight: 36,
                            border: 0,
                            borderRadius: 6,
                            cursor: 'pointer',
                            color: 'inherit',
                            font: 'inherit',
                            background: part
                              ? `color-mix(in srgb, var(--brand, #0b6b83) ${part}%, var(--card))`
                              : 'repeating-linear-gradient(45deg, var(--wash) 0 4px, transparent 4px 8px)',
                          }}
                        >
                          <span className="num" style={part > 45 ? { color: '#fff' } : {}}>
                            {order.enough && order.share !== null ? format.percent(order.share) : `${order.part}/${order.of}`}
                          </span>
                        </button>
                      </Tooltip>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
