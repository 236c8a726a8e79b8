import { Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Progress } from '../api/position.ts';
import { Reveal } from '../ui/bits.tsx';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { STATE_COLOURS, usePositionWords } from './position-words.ts';

export function PositionGuards({ progress }: { progress: Progress }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const { nameOf, say } = usePositionWords();
  return (
    <Card
      size="small"
      title={<Define text={t('position.guardsHint', { n: progress.meta.windowDays })}>{t('position.guards')}</Define>}
      data-testid="position-guards"
    >
      {progress.guards.length === 0 && <span className="soft">{t('position.guardsNone')}</span>}
      {progress.guards.map((guard) => {
        const definition = named(progress.meta.definitions[guard.definition], '');
        return (
          <div
            key={`${guard.metric}:${guard.carrier}:${guard.op}`}
            className="row wrap between"
            style={{ padding: '8px 0', borderBottom: '1px solid var(--line)' }}
          >
            <Define text={definition}>{nameOf(guard.metric, guard.carrier)}</Define>
            <span className="row wrap num">
              <Reveal
                onClick={() =>
                  open({
                    title: nameOf(guard.metric, guard.carrier),
                    definition,
                    source: { kind: 'insight', question: guard.question, cell: guard.cell },
                  })
                }
              >
                <b>{say(guard.value, guard.unit)}</b>
              </Reveal>
              <span className="soft small">
                {guard.op === '<=' ? '≤' : '≥'} {say(guard.limit, guard.unit)}
              </span>
              <Tag color={STATE_COLOURS[guard.state]} style={{ marginInlineEnd: 0 }}>
                {t(`position.guard.${guard.state}`)}
              </Tag>
            </span>
          </div>
        );
      })}
    </Card>
  );
}
