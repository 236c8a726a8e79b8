import { useQuery } from '@tanstack/react-query';
import { Card, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { type MatrixCell, worth } from '../api/value.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

const bands = [0, 1, 2, 3] as const;

/** Own value across, spreading value up, inside one level at a time; every cell opens its people. */
export function ValueMatrix() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const { named, label } = useLabels();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const query = useQuery({ queryKey: ['value', 'matrix'], queryFn: () => worth.value('matrix') });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  const cells = query.data.rows as MatrixCell[];
  const fit = query.data.meta.fit;
  const levels = [...new Set(cells.map((cell) => cell.level))];
  // The deepest level has most to tell.
  const level = levels.find((one) => one === read('level')) ?? levels.at(-1) ?? '';
  const here = cells.filter((cell) => cell.level === level);
  const most = Math.max(1, ...here.map((cell) => cell.people));
  const means = (key: string) => named(query.data.meta.definitions[key], '');
  const word = (of: string) => label('levels', of) || t('value.none');
  const invites = fit?.invites;
  return (
    <Card
      size="small"
      title={<Define text={means('band')}>{t('value.matrix')}</Define>}
      extra={
        fit &&
        !phone && <span className="soft small">{t('value.spreadSetting', { lambda: fit.settings.lambda, depth: fit.settings.depth })}</span>
      }
      data-testid="value-matrix"
    >
      <div className="stack">
        <div style={{ overflowX: 'auto' }}>
          <Segmented
            value={level}
            onChange={(next) => write({ level: String(next) })}
            options={levels.map((one) => ({ value: one, label: word(one) }))}
          />
        </div>
        <span className="soft small">
          {t('value.matrixHint')}{' '}
          {invites &&
            (invites.accepted === 0
              ? t('value.noInvites')
              : t('value.someInvites', { known: format.number(invites.known), accepted: format.number(invites.accepted) }))}
        </span>
        <div style={{ overflowX: 'auto' }}>
          <table className="cohorts">
            <thead>
              <tr>
                <th>
                  <Define text={means('spread')}>{t('value.spread')} ↑</Define>
                </th>
                {bands.map((own) => (
                  <th key={own}>
                    {own === 0 ? <Define text={means('clv')}>{t('value.own')} →</Define> : ''} {t(`value.band${own}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...bands].reverse().map((spread) => (
                <tr key={spread}>
                  <th scope="row">{t(`value.band${spread}`)}</th>
                  {bands.map((own) => {
                    const cell = here.find((one) => one.own === own && one.spread === spread);
                    if (!cell)
                      return (
                        <td key={own} className="soft" style={{ textAlign: 'center' }}>
                          ·
                        </td>
                      );
                    const title = `${word(level)} · ${t('value.own')} ${t(`value.band${own}`)} · ${t('value.spread')} ${t(`value.band${spread}`)}`;
                    return (
                      <td
                        key={own}
                        style={{
                          background: `color-mix(in srgb, #2587a6 ${Math.round(8 + (60 * cell.people) / most)}%, transparent)`,
                          padding: 8,
                          minWidth: 84,
                        }}
                      >
                        <Reveal
                          testId={`matrix-${own}-${spread}`}
                          onClick={() =>
                            open({
                              title: t('value.behind', { what: title, n: format.number(cell.people) }),
                              count: cell.people,
                              definition: means('band'),
                              source: { kind: 'insight', question: query.data.meta.question, cell: cell.cell },
                            })
                          }
                        >
                          <b>{format.number(cell.people)}</b>
                        </Reveal>
                        <div className="small num">{t('value.perPerson', { x: format.fenShort(cell.clvPerPerson) })}</div>
                        {spread > 0 && <div className="small soft num">+{format.fenShort(cell.spreadPerPerson)}</div>}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Card>
  );
}
