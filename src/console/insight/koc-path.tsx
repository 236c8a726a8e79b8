import { EditOutlined } from '@ant-design/icons';
import { Button, Card, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KocBoard, KocSettings, Rank } from '../api/position.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { KocPathEdit } from './koc-path-edit.tsx';

/** Ranks from the first to the last, with who holds each. */
export function KocPath({ stated, board }: { stated: { settings: KocSettings; version: number }; board: KocBoard | undefined }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const may = useMay();
  const open = usePeopleDrawer();
  const [editing, setEditing] = useState<Rank[]>();
  const { ranks } = stated.settings;
  // The starter is kept in both languages whichever is on screen.
  const both = (key: string) => ({ zh: i18n.getFixedT('zh')(`koc.starter.${key}`), en: i18n.getFixedT('en')(`koc.starter.${key}`) });
  const starter = (): Rank[] => {
    const year = { within: { days: 365 } };
    return [
      {
        key: 'seed',
        name: both('seed'),
        tasks: [{ name: both('bought'), rule: { event: 'Order Completed', ...year, count: { op: '>=', value: 2 } } }],
        benefits: [t('koc.starter.first')],
      },
      {
        key: 'sharer',
        name: both('sharer'),
        tasks: [
          {
            name: both('shared'),
            rule: {
              any: [
                { event: 'Content Shared', ...year },
                { event: 'Product Shared', ...year },
              ],
            },
          },
          { name: both('praised'), rule: { event: 'Product Reviewed', where: [{ property: 'rating', op: '>=', value: 4 }], ...year } },
        ],
        benefits: [t('koc.starter.gift')],
      },
      {
        key: 'partner',
        name: both('partner'),
        tasks: [{ name: both('invited'), rule: { event: 'Invite Accepted', ...year, count: { op: '>=', value: 3 } } }],
        benefits: [t('koc.starter.fee')],
      },
    ];
  };
  return (
    <Card
      size="small"
      title={<Define text={named(board?.meta.definitions['koc.rank'], '')}>{t('koc.path')}</Define>}
      extra={
        may('definitions.write') &&
        ranks.length > 0 && (
          <Button size="small" icon={<EditOutlined />} onClick={() => setEditing(ranks)} data-testid="edit-path">
            {t('common.edit')}
          </Button>
        )
      }
      data-testid="koc-path"
    >
      {ranks.length === 0 && (
        <div className="row wrap">
          <span className="soft">{t('koc.pathNone')}</span>
          {may('definitions.write') && (
            <Button onClick={() => setEditing(starter())} data-testid="starter-path">
              {t('koc.useStarter')}
            </Button>
          )}
        </div>
      )}
      <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 240px), 1fr))' }}>
        {ranks.map((rank, at) => {
          const holds = board?.ranks.find((one) => one.key === rank.key);
          return (
            <div key={rank.key} className="stack tight" style={{ borderTop: '3px solid #d98c00', paddingTop: 8 }}>
              <div className="row between">
                <b>
                  {at + 1}. {named(rank.name, rank.key)}
                </b>
                {holds && board && (
                  <Reveal
                    onClick={() =>
                      open({
                        title: named(rank.name, rank.key),
                        count: holds.people,
                        source: { kind: 'insight', question: board.meta.question, cell: holds.cell },
                      })
                    }
                  >
                    {t('koc.holders', { n: format.number(holds.people) })}
                  </Reveal>
                )}
              </div>
              <div className="small">
                {rank.tasks.map((task, i) => (
                  <div key={i}>✓ {named(task.name, '')}</div>
                ))}
              </div>
              <span className="row wrap" style={{ gap: 4 }}>
                {rank.benefits.map((benefit) => (
                  <Tag key={benefit} color="gold" style={{ marginInlineEnd: 0 }}>
                    {benefit}
                  </Tag>
                ))}
              </span>
            </div>
          );
        })}
      </div>
      {stated.version > 0 && ranks.length > 0 && (
        <div className="soft small" style={{ marginTop: 8 }}>
          {t('koc.version', { n: stated.version })}
        </div>
      )}
      {editing && <KocPathEdit ranks={editing} settings={stated.settings} onClose={() => setEditing(undefined)} />}
    </Card>
  );
}
