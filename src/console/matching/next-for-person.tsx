import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { matching, type Recommendations } from '../api/matching.ts';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

const row = { padding: '4px 0', borderBottom: '1px solid var(--line)' };

/** What is next for one person, with reasons: goods, content, hour and channel. */
export function NextForPerson({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const of = (kind: 'product' | 'content') => ({
    queryKey: ['matching', 'person', personId, kind],
    queryFn: () => matching.ofPerson(personId, kind),
  });
  const goods = useQuery(of('product'));
  const push = useQuery(of('content'));
  return (
    <div data-testid="next-for-person" style={{ marginTop: 10 }}>
      <b>
        <Define text={t('matching.goodsMeans')}>{t('matching.goods')}</Define>
      </b>
      {goods.isError && <ProblemView error={goods.error} retry={() => goods.refetch()} />}
      {goods.isPending && <Loading rows={4} />}
      {goods.data?.kind === 'product' && goods.data.basis !== 'person' && (
        <div className="soft small">{t(goods.data.basis === 'none' ? 'matching.noGoods' : `matching.basis.${goods.data.basis}`)}</div>
      )}
      {goods.data?.kind === 'product' &&
        goods.data.items.map((one) => (
          <div key={one.product.id} style={row} data-testid="next-product">
            <div>{one.product.name}</div>
            <div className="soft small">{named(one.reason, '')}</div>
          </div>
        ))}
      <div style={{ marginTop: 12 }}>
        <b>{t('matching.push')}</b>
      </div>
      {push.isError && <ProblemView error={push.error} retry={() => push.refetch()} />}
      {push.isPending && <Loading rows={2} />}
      {push.data?.kind === 'content' && push.data.none && (
        <div className="soft small">{t('matching.nothing', { why: t(`matching.none.${push.data.none}`) })}</div>
      )}
      {push.data?.kind === 'content' &&
        push.data.items.map((one) => (
          <div key={one.contentId} style={row} data-testid="next-content">
            <div>{one.name}</div>
            <div className="soft small">{one.words.map((words) => named(words, '')).join(' · ')}</div>
          </div>
        ))}
      {goods.data && <Reach where={goods.data} />}
    </div>
  );
}

function Reach({ where }: { where: Pick<Recommendations, 'hour' | 'channel'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { hour, channel } = where;
  return (
    <div className="row wrap" style={{ gap: 20, marginTop: 12 }}>
      <span>
        <span className="soft small">{t('matching.hour')}</span>
        <br />
        <b className="num">{hour.hour === null ? '—' : t('matching.between', { from: hour.hour, to: (hour.hour + 2) % 24 })}</b>{' '}
        <span className="soft small">{t(`matching.basis.${hour.basis}`)}</span>
      </span>
      <span>
        <span className="soft small">{t('matching.channel')}</span>
        <br />
        <b>{channel.channel === null ? '—' : t(`common.channel.${channel.channel}`, { defaultValue: channel.channel })}</b>{' '}
        {channel.rate !== null && <span className="num small">{format.percent(channel.rate)}</span>}{' '}
        <span className="soft small">{t(`matching.basis.${channel.basis}`)}</span>
      </span>
    </div>
  );
}
