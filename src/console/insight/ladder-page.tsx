import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { ladder, STANDINGS, type Standing } from '../api/ladder.ts';
import { LadderCard } from '../overview/ladder-card.tsx';
import { useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { LadderDwell } from './ladder-dwell.tsx';
import { LadderMoves } from './ladder-moves.tsx';

const firstDays = 90;

/** Who moved on the ladder, how long people stay on it, and what came before a move up or down. */
export default function LadderPage() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const of = STANDINGS.find((one) => one === read('of')) ?? 'level';
  const period = usePeriod(firstDays);
  const question = { from: period.from, to: period.to, of };
  const flow = useQuery({ queryKey: ['ladder', 'flow', question], queryFn: () => ladder.flow(question) });
  const dwell = useQuery({ queryKey: ['ladder', 'dwell', question], queryFn: () => ladder.dwell(question) });
  return (
    <Page
      title={t('ladder.title')}
      question={t('ladder.question')}
      testId="ladder-page"
      extra={<PeriodPicker first={firstDays} choices={[30, 90, 180, 365]} />}
    >
      <div className="stack loose">
        <div>
          <Segmented<Standing>
            value={of}
            onChange={(next) => write({ of: next === 'level' ? null : next, up: null, down: null })}
            options={STANDINGS.map((one) => ({ value: one, label: t(`ladder.of.${one}`) }))}
            data-testid="ladder-of"
          />
        </div>
        {flow.isError && <ProblemView error={flow.error} retry={() => flow.refetch()} />}
        {flow.isPending && <Loading />}
        {flow.data && <LadderCard of={of} flow={flow.data} question={flow.data.meta.question} from={period.from} to={period.to} />}
        {dwell.isError && <ProblemView error={dwell.error} retry={() => dwell.refetch()} />}
        {dwell.isPending && !flow.isPending && <Loading />}
        {dwell.data && <LadderDwell of={of} answer={dwell.data} />}
        {flow.data && <LadderMoves key={of} of={of} levels={flow.data.levels} period={period} />}
      </div>
    </Page>
  );
}
