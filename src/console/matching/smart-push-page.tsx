import { ThunderboltOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { matching } from '../api/matching.ts';
import type { Person } from '../api/people.ts';
import { PersonPicker } from '../content/person-picker.tsx';
import { FitButton } from '../insight/value-fit.tsx';
import { Time } from '../ui/bits.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { ContentHeat } from './content-heat.tsx';
import { NextForPerson } from './next-for-person.tsx';
import { PolicyCard } from './policy-card.tsx';
import { ProductPairs } from './product-pairs.tsx';
import { QualityCard } from './quality-card.tsx';
import { SettingsCard } from './settings-card.tsx';

export default function SmartPushPage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['matching', 'model'], queryFn: matching.model });
  const [person, setPerson] = useState<Person>();
  const products = query.data?.products;
  const run = (primary: boolean) => (
    <FitButton
      of="matching"
      start={matching.recompute}
      label={t(primary ? 'matching.runFirst' : 'matching.run')}
      hint={t('matching.runHint')}
      primary={primary}
    />
  );
  return (
    <Page
      title={t('matching.title')}
      question={t('matching.question')}
      testId="matching-page"
      extra={
        products && (
          <>
            <span className="soft small">
              {t('matching.asOf')} <Time value={products.asOf} />
            </span>
            {run(false)}
          </>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={10} />}
      {query.data && (
        <div className="stack loose">
          {products ? (
            <QualityCard model={products} />
          ) : (
            <EmptyStart icon={<ThunderboltOutlined />} title={t('matching.empty')} text={t('matching.emptyText')} action={run(true)} />
          )}
          <div className="grid two">
            {products && <ProductPairs />}
            <Card size="small" title={t('matching.preview')} data-testid="matching-preview">
              <PersonPicker value={person} onChange={setPerson} none={t('matching.previewNone')} />
              {person && <NextForPerson personId={person.id} />}
            </Card>
          </div>
          <ContentHeat content={query.data.content} />
          <div className="grid two">
            <PolicyCard contents={[...new Map(query.data.content.cells.map((c) => [c.content, c.name]))]} />
            <SettingsCard />
          </div>
        </div>
      )}
    </Page>
  );
}
