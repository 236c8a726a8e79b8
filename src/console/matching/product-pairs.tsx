import { useQuery } from '@tanstack/react-query';
import { Card, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type GoesWithAnswer, matching } from '../api/matching.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { Define, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

/** Of one product: what is bought with it, after it, and when. */
export function ProductPairs() {
  const { t } = useTranslation();
  const [word, setWord] = useState('');
  const settled = useDebounced(word.trim(), 250);
  const [chosen, setChosen] = useState<string>();
  const found = useQuery({ queryKey: ['matching', 'products', settled], queryFn: () => matching.products(settled) });
  const id = chosen ?? found.data?.items[0]?.id;
  return (
    <Card size="small" title={t('matching.pairs')} data-testid="matching-pairs">
      <Select
        showSearch={{ filterOption: false, onSearch: setWord }}
        loading={found.isFetching}
        style={{ width: '100%' }}
        placeholder={t('matching.pick')}
        {...(id ? { value: id } : {})}
        options={(found.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        onChange={setChosen}
        data-testid="matching-product"
      />
      {id && <Goes id={id} when="together" />}
      {id && <Goes id={id} when="next" />}
    </Card>
  );
}

function Goes({ id, when }: { id: string; when: 'together' | 'next' }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['matching', 'goes', id, when], queryFn: () => matching.goesWith(id, when) });
  const again = query.data?.again;
  return (
    <section style={{ marginTop: 12 }} data-testid={`matching-${when}`}>
      <div className="row between wrap">
        <b>{t(`matching.${when}`)}</b>
        {when === 'together' && again && (
          <span className="soft small num">
            {t('matching.again', { of: format.number(again.people), share: format.percent(again.repeated.share, 0) })}
            {again.everyDays !== null && ` · ${t('matching.every', { n: again.everyDays })}`}
          </span>
        )}
      </div>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {query.data?.items.length === 0 && <span className="soft small">{t('matching.noPairs')}</span>}
      {query.data?.items.map((one) => (
        <Line key={one.product.id} one={one} />
      ))}
    </section>
  );
}

function Line({ one }: { one: GoesWithAnswer['items'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="row between wrap" style={{ padding: '4px 0', borderBottom: '1px solid var(--line)', gap: 8 }}>
      <span style={{ flex: '2 1 180px', minWidth: 0 }}>{one.product.name}</span>
      <span className="num small">
        {one.days !== null && <b>{t('matching.after', { n: one.days })} · </b>}
        {t('matching.of', { part: format.number(one.share.part), of: format.number(one.share.of) })}
        <span className="soft">
          {' '}
          · <Define text={t('matching.liftMeans')}>{t('matching.lift', { n: format.number(one.lift, 1) })}</Define>
        </span>
      </span>
    </div>
  );
}
