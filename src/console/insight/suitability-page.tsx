import { ImportOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Input, Popover, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type PoolModel, position, type SuitabilityAsked } from '../api/position.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced, useUrlJson } from '../ui/hooks.ts';
import { EmptyStart, Hint, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { SuitabilityCurves } from './suitability-curves.tsx';
import { SuitabilityModel } from './suitability-model.tsx';
import { SuitabilityTable } from './suitability-table.tsx';

interface State {
  after: SuitabilityAsked['after'];
  otherwise: SuitabilityAsked['otherwise'];
  mapping: string;
  model?: PoolModel;
}
const START: State = { after: 'first', otherwise: 'product', mapping: '' };

/** Lines such as "skin care: cream, serum". */
function mappingOf(text: string): SuitabilityAsked['mapping'] {
  return text.split('\n').flatMap((line) => {
    const [category, words] = line.split(/[:：]/);
    const nameContains = (words ?? '')
      .split(/[,，、]/)
      .map((word) => word.trim())
      .filter(Boolean);
    return category?.trim() && nameContains.length ? [{ category: category.trim(), nameContains }] : [];
  });
}

export default function SuitabilityPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [state, setState] = useUrlJson<State>('q', START);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked: SuitabilityAsked = { after: state.after, otherwise: state.otherwise, mapping: mappingOf(state.mapping), model: state.model };
  const settled = useDebounced(JSON.stringify(asked), 500);
  const query = useQuery({
    queryKey: ['suitability', settled],
    queryFn: () => position.suitability(JSON.parse(settled)),
    placeholderData: (before) => before,
    staleTime: 300_000,
  });
  const set = (change: Partial<State>) => setState({ ...state, ...change });
  const { data } = query;
  const row = data?.rows.find((one) => one.category === chosen) ?? data?.rows[0];
  return (
    <Page
      title={t('suitability.title')}
      question={t('suitability.question')}
      testId="suitability-page"
      extra={
        <>
          <span className="soft small">{t('suitability.after')}</span>
          <Segmented
            value={state.after}
            onChange={(after) => set({ after })}
            options={(['first', 'every'] as const).map((one) => ({ value: one, label: t(`suitability.${one}`) }))}
            data-testid="suitability-after"
          />
          <Select
            value={state.otherwise}
            onChange={(otherwise) => set({ otherwise })}
            style={{ minWidth: 170 }}
            aria-label={t('suitability.otherwise')}
            options={(['product', 'together'] as const).map((one) => ({
              value: one,
              label: `${t('suitability.otherwise')}: ${t(`suitability.${one}`)}`,
            }))}
            popupMatchSelectWidth={false}
          />
          <Popover
            trigger="click"
            content={
              <div className="stack tight" style={{ width: 320, maxWidth: '80vw' }}>
                <span className="small">{t('suitability.mappingHint')}</span>
                <Input.TextArea
                  rows={5}
                  value={state.mapping}
                  placeholder={t('suitability.mappingExample')}
                  onChange={(event) => set({ mapping: event.target.value })}
                />
              </div>
            }
          >
            <Button>{t('suitability.mapping')}</Button>
          </Popover>
        </>
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={12} />}
      {data && data.rows.length === 0 && (
        <EmptyStart
          icon={<ImportOutlined />}
          title={t('suitability.empty')}
          text={t('suitability.emptyText')}
          action={
            <Link to="/imports">
              <Button type="primary">{t('suitability.import')}</Button>
            </Link>
          }
        />
      )}
      {data && row && (
        <div className="stack loose" style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
          <div className="row wrap soft small">
            <span>
              {t('suitability.history', {
                orders: format.number(data.history.orders),
                people: format.number(data.history.people),
                from: format.day(data.history.from),
                to: format.day(data.history.to),
              })}
            </span>
            <span>
              ·{' '}
              {t('suitability.named', { share: format.percent(data.history.lines ? data.history.namedLines / data.history.lines : null) })}
            </span>
            {state.after === 'every' && <Hint text={t('suitability.everyHint')} />}
          </div>
          {row.any.spells < data.meta.enoughPeople && <Alert type="info" showIcon title={t('common.enough')} />}
          <SuitabilityCurves rows={data.rows} chosen={row} meta={data.meta} onChoose={setChosen} />
          <Card size="small">
            <SuitabilityTable rows={data.rows} meta={data.meta} chosen={row.category} onChoose={setChosen} />
          </Card>
          <SuitabilityModel row={row} meta={data.meta} model={state.model} onChange={(model) => set({ model })} />
        </div>
      )}
    </Page>
  );
}
