import { DownloadOutlined, PictureOutlined, RadarChartOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Segmented } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useParams } from 'react-router';
import { explore, KINDS, type Kind, type Question, type SavedQuestion } from '../../api/explore.ts';
import { queryString } from '../../api/http.ts';
import { useTheme } from '../../theme/theme.tsx';
import { useDebounced, useUrl, useUrlJson } from '../../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../../ui/period.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { useSay } from '../../ui/undo.tsx';
import { Builder } from './builder.tsx';
import { saveCsv, savePicture } from './export.ts';
import { Result, useFile } from './result.tsx';
import { SavedQuestions, SaveQuestion } from './saved.tsx';
import { type ExploreState, questionOf, STARTS, stateOf } from './state.ts';

const firstDays: Record<Kind, number> = {
  funnel: 90,
  retention: 365,
  trend: 90,
  paths: 30,
  distribution: 90,
  stickiness: 90,
  lifecycle: 90,
  worth: 365,
};
/** Funnel and retention have addresses of their own. */
const pathOf = (kind: Kind) => (kind === 'funnel' || kind === 'retention' ? `/${kind}` : `/explore/${kind}`);

export default function ExplorePage() {
  const { pathname } = useLocation();
  const { kind: named } = useParams();
  const kind = KINDS.find((one) => one === named || pathname === `/${one}`) ?? 'trend';
  return <Explorer key={kind} kind={kind} />;
}

function Explorer({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const say = useSay();
  const { dark } = useTheme();
  const [read, write] = useUrl();
  const [changed, setState] = useUrlJson<ExploreState>('q', STARTS[kind]);
  const state = { ...STARTS[kind], ...changed };
  const period = usePeriod(firstDays[kind]);
  const compare = read('compare') === '1';
  const asked = questionOf(kind, state, period);
  const settled = useDebounced(JSON.stringify(asked && compare ? { ...asked, compare: 'previous' } : asked), 300);
  const question = settled === undefined ? undefined : (JSON.parse(settled) as Question);
  const query = useQuery({
    queryKey: ['explore', settled],
    queryFn: () => explore.ask(question as Question),
    enabled: question !== undefined,
    placeholderData: (before) => before,
  });
  const box = useRef<HTMLDivElement>(null);
  const file = useFile(kind, state);
  // What is shown while the next answer is on its way is of the question before; of another kind it would not be readable.
  const answer = query.data?.meta.question && (query.data.meta.question as { kind: string }).kind === kind ? query.data : undefined;
  const fileName = `${t(`insight.explore.kinds.${kind}`)} ${period.firstDay} ${period.lastDay}`;
  const open = (saved: SavedQuestion) => {
    const { from, to } = saved.question;
    const dates = saved.days ? { days: String(saved.days) } : { from: from.slice(0, 10), to: to.slice(0, 10) };
    navigate(`${pathOf(saved.kind)}${queryString({ ...dates, q: JSON.stringify(stateOf(saved.question)) })}`);
  };
  return (
    <Page
      title={t(`insight.explore.kinds.${kind}`)}
      question={t(`insight.explore.asks.${kind}`)}
      testId={kind === 'funnel' || kind === 'retention' ? `${kind}-page` : 'explore-page'}
      extra={<PeriodPicker first={firstDays[kind]} choices={[7, 30, 90, 365]} />}
    >
      <div className="stack loose" ref={box}>
        <div className="row wrap between" style={{ gap: 10 }}>
          <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
            <Segmented
              value={kind}
              onChange={(next) =>
                navigate(`${pathOf(next as Kind)}${queryString({ days: read('days'), from: read('from'), to: read('to') })}`)
              }
              options={KINDS.map((one) => ({ value: one, label: t(`insight.explore.kinds.${one}`) }))}
              data-testid="explore-kinds"
            />
          </div>
          <div className="row wrap" style={{ gap: 8 }}>
            <Checkbox checked={compare} onChange={({ target }) => write({ compare: target.checked ? '1' : null })} data-testid="compare">
              {t('insight.explore.compare')}
            </Checkbox>
            <SavedQuestions onOpen={open} />
            <SaveQuestion question={asked} days={read('from') ? null : period.days} />
            <Button
              icon={<PictureOutlined />}
              disabled={!answer}
              onClick={() => savePicture(fileName, box.current, dark ? '#141c20' : '#ffffff') || say.done(t('insight.explore.noPicture'))}
              aria-label={t('insight.explore.picture')}
              title={t('insight.explore.picture')}
              data-testid="save-picture"
            />
            <Button
              icon={<DownloadOutlined />}
              disabled={!answer}
              onClick={() => answer && saveCsv(fileName, file(answer))}
              aria-label="CSV"
              title="CSV"
              data-testid="save-csv"
            />
          </div>
        </div>
        <Builder kind={kind} state={state} set={(change) => setState({ ...state, ...change })} />
        {asked === undefined && (
          <EmptyStart icon={<RadarChartOutlined />} title={t('insight.explore.choose')} text={t('insight.explore.chooseText')} />
        )}
        {asked !== undefined && query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {asked !== undefined && !query.isError && !answer && <Loading />}
        {asked !== undefined && answer && !query.isError && (
          <div style={{ opacity: query.isPlaceholderData ? 0.55 : 1 }}>
            <Result kind={kind} state={state} answer={answer} />
          </div>
        )}
      </div>
    </Page>
  );
}
