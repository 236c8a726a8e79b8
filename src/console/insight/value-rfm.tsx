import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { type RfmRow, worth } from '../api/value.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

const five = [1, 2, 3, 4, 5];

/** Recency against frequency, coloured by money each; every cell opens its people. */
export function ValueRfm() {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const query = useQuery({ queryKey: ['value', 'rfm'], queryFn: () => worth.value('rfm') });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  const cells = query.data.rows as RfmRow[];
  const each = (cell: RfmRow) => cell.money / cell.people;
  const most = Math.max(1, ...cells.map(each));
  return (
    <Card size="small" title={<Define text={named(query.data.meta.definitions.rfm, '')}>{t('value.rfm')}</Define>} data-testid="value-rfm">
      <div className="soft small">{t('value.rfmHint')}</div>
      <div style={{ overflowX: 'auto', marginTop: 8 }}>
        <table className="cohorts">
          <thead>
            <tr>
              <th />
              {five.map((f) => (
                <th key={f}>F{f}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...five].reverse().map((r) => (
              <tr key={r}>
                <th scope="row">R{r}</th>
                {five.map((f) => {
                  const cell = cells.find((one) => one.r === r && one.f === f);
                  if (!cell) return <td key={f} />;
                  return (
                    <td
                      key={f}
                      style={{
                        background: `color-mix(in srgb, #D55E00 ${Math.round(5 + 65 * Math.sqrt(each(cell) / most))}%, transparent)`,
                      }}
                    >
                      <Reveal
                        testId={`rfm-${r}-${f}`}
                        onClick={() =>
                          open({
                            title: t('value.rfmCell', { r, f, n: format.number(cell.people) }),
                            count: cell.people,
                            source: { kind: 'insight', question: query.data.meta.question, cell: cell.cell },
                          })
                        }
                      >
                        {format.number(cell.people)}
                      </Reveal>
                      <div className="small soft num">{format.fenShort(each(cell))}</div>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
