import { Alert, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ProductsModel } from '../api/matching.ts';
import { PRIMARY, PRIMARY_DARK } from '../theme/palette.ts';
import { useTheme } from '../theme/theme.tsx';
import { useFormat } from '../ui/format.ts';
import { Define } from '../ui/page.tsx';

/** How well goods are foretold, beside the simple ways, in plain words first. */
export function QualityCard({ model }: { model: ProductsModel }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dark } = useTheme();
  const { trial } = model;
  const ways = trial ? Object.entries(trial.ways).sort((a, b) => b[1].ndcg - a[1].ndcg) : [];
  const most = Math.max(0.001, ...ways.map(([, m]) => m.high));
  const [best] = ways.filter(([name]) => name !== 'yutang');
  const ahead = best && trial?.ahead[best[0]];
  return (
    <Card
      size="small"
      data-testid="matching-quality"
      title={<Define text={trial ? t('matching.qualityMeans', { days: trial.days }) : undefined}>{t('matching.quality')}</Define>}
      extra={
        <span className="soft small num">
          {t('matching.sizes', { people: format.number(model.people), items: format.number(model.items) })}
        </span>
      }
    >
      {!trial && <Alert type="info" showIcon title={t('matching.thin')} />}
      {!model.learned.learned && <Alert type="info" showIcon title={t('matching.unlearned')} style={{ marginTop: 8 }} />}
      {trial && best && ahead && (
        <p style={{ marginTop: 0 }}>
          {t('matching.qualityWords', {
            ...{ people: format.number(trial.people), days: trial.days, hit: format.percent(trial.ways.yutang?.hit, 0) },
            best: t(`matching.way.${best[0]}`),
            by: ahead.low > 0 ? t('matching.better', { by: format.percent(ahead.by / best[1].ndcg, 0) }) : t('matching.noBetter'),
          })}
        </p>
      )}
      {ways.map(([name, m]) => (
        <div key={name} className="row wrap" style={{ gap: 8, padding: '3px 0' }}>
          <span style={{ flex: '1 1 150px', fontWeight: name === 'yutang' ? 600 : 400 }}>{t(`matching.way.${name}`)}</span>
          <span style={{ flex: '3 1 160px', height: 10, position: 'relative', background: 'var(--line)', borderRadius: 3 }}>
            <span
              style={{
                ...{ position: 'absolute', inset: 0, borderRadius: 3, width: `${(100 * m.ndcg) / most}%` },
                background: name === 'yutang' ? (dark ? PRIMARY_DARK : PRIMARY) : 'var(--soft)',
              }}
            />
          </span>
          <span className="num small" style={{ flex: '2 1 170px' }}>
            {format.number(m.ndcg, 3)}{' '}
            <span className="soft">
              ({format.number(m.low, 3)}–{format.number(m.high, 3)})
            </span>
          </span>
          <span className="num soft small" style={{ flex: '2 1 170px' }}>
            {t('matching.hit')} {format.percent(m.hit, 0)} · {t('matching.coverage')} {format.percent(m.coverage, 1)}
          </span>
        </div>
      ))}
    </Card>
  );
}
