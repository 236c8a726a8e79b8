import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MatchingModel } from '../api/matching.ts';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';

type Cell = MatchingModel['content']['cells'][number];

/** The most clicked share is the darkest; what stands on too few messages stays empty. */
const shade = (share: number, most: number): string =>
  `color-mix(in srgb, var(--accent, #1677a8) ${Math.round((70 * share) / most)}%, transparent)`;

export function ContentHeat({ content }: { content: MatchingModel['content'] }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const channels = new Set(content.cells.map((c) => c.channel)).size;
  const rows = [...Map.groupBy(content.cells, (c) => `${c.content}|${c.channel}`).values()];
  const levels = [...content.levels, { key: '', name: undefined }].filter((l) => content.cells.some((c) => c.level === l.key));
  const most = Math.max(0.0001, ...content.cells.map((c) => (c.clicked.enough ? (c.clicked.share ?? 0) : 0)));
  return (
    <Card size="small" title={<Define text={t('matching.contentMeans')}>{t('matching.content')}</Define>} data-testid="matching-content">
      {rows.length === 0 && <span className="soft">{t('matching.noContent')}</span>}
      {rows.length > 0 && (
        <div style={{ overflowX: 'auto' }}>
          <table style={{ borderCollapse: 'separate', borderSpacing: 3, minWidth: '100%' }}>
            <thead>
              <tr className="soft small">
                <th />
                {levels.map((l) => (
                  <th key={l.key} style={{ fontWeight: 400, textAlign: 'start' }}>
                    {named(l.name, t('matching.noLevel'))}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells) => (
                <tr key={`${cells[0]!.content}|${cells[0]!.channel}`}>
                  <th style={{ textAlign: 'start', fontWeight: 500, minWidth: 120, maxWidth: 280 }}>
                    {cells[0]!.name}
                    {channels > 1 && (
                      <div className="soft small">{t(`common.channel.${cells[0]!.channel}`, { defaultValue: cells[0]!.channel })}</div>
                    )}
                  </th>
                  {levels.map((l) => (
                    <Rate key={l.key} cell={cells.find((c) => c.level === l.key)} most={most} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Rate({ cell, most }: { cell: Cell | undefined; most: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!cell) return <td />;
  const { share, low, high, of, part, enough } = cell.clicked;
  return (
    <td
      className="num"
      style={{
        padding: '6px 8px',
        borderRadius: 4,
        minWidth: 92,
        background: enough && share !== null ? shade(share, most) : 'transparent',
      }}
    >
      {enough ? <b>{format.percent(share)}</b> : <span className="soft small">{t('matching.few')}</span>}
      <div className="soft small">
        {enough && `${format.percent(low)}–${format.percent(high)} · `}
        {format.number(part)} / {format.number(of)}
      </div>
    </td>
  );
}
