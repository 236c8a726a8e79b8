import { CrownOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { koc } from '../api/position.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { KocModelCard } from './koc-model.tsx';
import { KocPath } from './koc-path.tsx';
import { KocTable } from './koc-table.tsx';

export default function KocPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const board = useQuery({ queryKey: ['koc'], queryFn: koc.board, staleTime: 120_000 });
  const settings = useQuery({ queryKey: ['koc', 'settings'], queryFn: koc.settings });
  const { data } = board;
  const tab = read('tab') ?? 'candidates';
  return (
    <Page title={t('koc.title')} question={t('koc.question')} testId="koc-page">
      {board.isError && <ProblemView error={board.error} retry={() => board.refetch()} />}
      {settings.isError && <ProblemView error={settings.error} retry={() => settings.refetch()} />}
      {board.isPending && <Loading rows={10} />}
      <div className="stack loose">
        {data && data.people === 0 && <EmptyStart icon={<CrownOutlined />} title={t('koc.empty')} text={t('koc.emptyText')} />}
        {data && data.people > 0 && (
          <>
            <Card size="small">
              <div className="row wrap" style={{ marginBottom: 4 }}>
                <Define text={named(data.meta.definitions['koc.known'], '')}>{t('koc.known')}</Define>
                <Reveal
                  onClick={() =>
                    open({
                      title: t('koc.known'),
                      count: data.known,
                      definition: named(data.meta.definitions['koc.known'], ''),
                      source: { kind: 'insight', question: data.meta.question, cell: data.knownCell },
                    })
                  }
                >
                  <b>{format.number(data.known)}</b>
                </Reveal>
                <span className="soft small">
                  · {t('koc.watched')} {format.number(data.people)}
                </span>
              </div>
              {data.did.praise + data.did.shares + data.did.invites === 0 && <Alert type="info" showIcon title={t('koc.onlyBuying')} />}
              <Tabs
                activeKey={tab}
                onChange={(next) => write({ tab: next === 'candidates' ? null : next })}
                items={(['candidates', 'risers', 'kocs'] as const).map((key) => ({
                  key,
                  label: t(`koc.${key}`),
                  children: <KocTable rows={data[key]} board={data} />,
                }))}
              />
            </Card>
            {settings.data && <KocModelCard board={data} stated={settings.data} />}
          </>
        )}
        {settings.data && <KocPath stated={settings.data} board={data} />}
      </div>
    </Page>
  );
}
