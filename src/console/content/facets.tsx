import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FacetKey } from '../../content/index.ts';
import type { Facets } from '../api/content.ts';

/** The words of ours that stand before the values of a facet; null where somebody wrote the values. In the order in which they are shown: all there are. */
const NAMED: Record<FacetKey, string | null> = {
  ...{ kind: 'content.kind', review: 'content.review', purpose: 'common.purpose', scene: 'content.sceneName', answer: 'content.answer' },
  ...{
    topic: null,
    audience: null,
    product: null,
    author: 'content.author',
    channel: 'content.channelName',
    rights: 'content.rightsState',
  },
};
export type Facet = FacetKey;
export const FACETS = Object.keys(NAMED) as Facet[];
const shownFirst = 6;

/** A value of a facet in the reader's language. */
export function useFacetName() {
  const { t } = useTranslation();
  return (facet: Facet, value: string): string => (NAMED[facet] ? t(`${NAMED[facet]}.${value}`, value) : value);
}

/** What the library holds, by each of its marks; each number says how many a click would show. */
export function FacetPanel({
  facets,
  chosen,
  onChange,
}: {
  facets: Facets | undefined;
  chosen: (facet: Facet) => string[];
  onChange: (facet: Facet, values: string[]) => void;
}) {
  const { t } = useTranslation();
  const name = useFacetName();
  const [all, setAll] = useState<Facet[]>([]);
  return (
    <div className="stack" data-testid="content-facets">
      {FACETS.map((facet) => {
        const picked = chosen(facet);
        const counted = facets?.[facet] ?? [];
        // What is chosen stays to be taken back, also where nothing has it any more.
        const values = [...counted, ...picked.filter((v) => !counted.some((c) => c.value === v)).map((value) => ({ value, count: 0 }))];
        if (values.length === 0) return null;
        const shown = all.includes(facet) ? values : values.slice(0, shownFirst);
        return (
          <div key={facet} className="stack tight">
            <span className="soft small">{t(`content.facet.${facet}`)}</span>
            {shown.map(({ value, count }) => (
              <div key={value} className="row between">
                <Checkbox
                  checked={picked.includes(value)}
                  onChange={(event) => onChange(facet, event.target.checked ? [...picked, value] : picked.filter((one) => one !== value))}
                  data-testid={`facet-${facet}-${value}`}
                >
                  <span className="clip">{name(facet, value)}</span>
                </Checkbox>
                <span className="soft small num">{count}</span>
              </div>
            ))}
            {values.length > shownFirst && !all.includes(facet) && (
              <Button size="small" type="link" style={{ alignSelf: 'flex-start', padding: 0 }} onClick={() => setAll([...all, facet])}>
                {t('content.moreOf', { n: values.length - shownFirst })}
              </Button>
            )}
          </div>
        );
      })}
    </div>
  );
}
