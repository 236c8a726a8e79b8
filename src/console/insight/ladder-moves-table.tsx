import { Alert, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Moves, MovesRow } from '../api/ladder.ts';
import { eventName } from '../i18n/event-name.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

const most = 8;

/** What was more or less usual among those who moved; every share opens its people. */
export function MovesTable({ answer }: { answer: Moves }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const [all, setAll] = useState(false);
  const { rows, moved, stayed, meta } = answer;
  const definition = named(meta.definitions['moves.lift'], '');
  const reveal = (title: string, count: number, cell: object) =>
    open({ title, count, definition, source: { kind: 'insight', question: meta.question, cell } });
  const nameOf = (row: MovesRow) =>
    row.thing ? `${eventName(t, row.event)} · ${row.name ?? `${row.thing} (${t('ladder.gone')})`}` : eventName(t, row.event);
  if (moved === 0) return <EmptyStart title={t('ladder.nobody')} />;
  const apart = (row: MovesRow) => Math.abs(row.difference.difference);
  const first = [...rows].sort((a, b) => Number(b.tells) - Number(a.tells) || apart(b) - apart(a)).slice(0, most);
  const shown = all ? rows : rows.filter((row) => first.includes(row));
  const shareOf = (part: number | null) => format.percent(part, part !== null && part < 0.1 ? 1 : 0);
  const share = (title: string, count: number, part: number | null, cell: object) => (
    <span className="num">{count > 0 ? <Reveal onClick={() => reveal(title, count, cell)}>{shareOf(part)}</Reveal> : shareOf(part)}</span>
  );
  const points = (value: number) => {
    const shown = Math.round(1000 * value) / 10 || 0;
    return `${shown > 0 ? '+' : ''}${format.number(shown, Math.abs(shown) < 10 ? 1 : 0)}`;
  };
  return (
    <div className="stack tight">
      <div className="small">
        <Reveal onClick={() => reveal(t('ladder.moved'), moved, answer.movedCell)}>
          {t('ladder.moved')} {format.number(moved)}
        </Reveal>
        <span className="soft"> · </span>
        <Reveal onClick={() => reveal(t('ladder.stayed'), stayed, answer.stayedCell)}>
          {t('ladder.stayed')} {format.number(stayed)}
        </Reveal>
      </div>
      {(moved < meta.enoughPeople || stayed < meta.enoughPeople) && (
        <Alert type="info" showIcon title={t('ladder.few', { n: meta.enoughPeople })} />
      )}
      {rows.length === 0 ? (
        <EmptyStart title={t('ladder.nothing')} />
      ) : (
        <Table<MovesRow>
          size="small"
          rowKey={(row) => `${row.event}|${row.thing}`}
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={shown}
          columns={[
            {
              title: t('ladder.did'),
              key: 'did',
              render: (_, row) => (
                <span
                  className={row.tells ? '' : 'soft'}
                  style={{ display: 'block', minWidth: 120, maxWidth: 220, overflowWrap: 'anywhere' }}
                >
                  {nameOf(row)}
                </span>
              ),
            },
            {
              title: t('ladder.moved'),
              key: 'moved',
              align: 'right',
              render: (_, row) => share(t('ladder.whoMoved', { what: nameOf(row) }), row.people, row.moved.share, row.cell),
            },
            {
              title: t('ladder.stayed'),
              key: 'stayed',
              align: 'right',
              render: (_, row) => share(t('ladder.whoStayed', { what: nameOf(row) }), row.stayedPeople, row.stayed.share, row.stayedCell),
            },
            {
              title: <Define text={definition}>{t('ladder.lift')}</Define>,
              key: 'lift',
              align: 'right',
              render: (_, row) => <span className="num">{row.lift === null ? '–' : `${format.number(row.lift, 1)}×`}</span>,
            },
            {
              title: t('ladder.difference'),
              key: 'difference',
              align: 'right',
              render: (_, row) => (
                <span className="num" title={t(row.tells ? 'ladder.tells' : 'ladder.tellsNot')}>
                  <b className={row.tells ? (row.difference.difference > 0 ? 'good' : 'bad') : 'soft'}>
                    {t('ladder.points', { n: points(row.difference.difference) })}
                  </b>{' '}
                  <span className="soft small">
                    ({t('ladder.interval', { low: points(row.difference.low), high: points(row.difference.high) })})
                  </span>
                </span>
              ),
            },
          ]}
        />
      )}
      {rows.length > most && (
        <button type="button" className="linklike small" onClick={() => setAll(!all)}>
          {all ? t('ladder.less') : t('ladder.more', { n: rows.length })}
        </button>
      )}
    </div>
  );
}
