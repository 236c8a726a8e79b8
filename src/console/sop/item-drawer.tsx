import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Popconfirm, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { momentPlans, type SopItem } from '../api/sop.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useSay } from '../ui/undo.tsx';
import { Outcome } from './calendar-grid.tsx';

/** One thing on one day: what is said, to how many, how it went, and what else they get. */
export function ItemDrawer({ item, close }: { item: SopItem; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = item.expected === null ? '–' : format.number(item.expected);
  const where = item.kind === 'group' ? 'collidesGroup' : item.kind === 'moment' ? 'collidesMoment' : 'collidesPeople';
  return (
    <Drawer
      open
      onClose={close}
      size={560}
      title={`${item.step || item.plan || t(`sop.kind.${item.kind}`)} · ${format.time(item.at).slice(0, -3)}`}
      data-testid="sop-item"
      extra={<Open item={item} />}
    >
      <div className="stack loose">
        <span className="row wrap">
          <span className={`sdot ${item.kind}`} /> {t(`sop.kind.${item.kind}`)}
          <span className="soft">
            {item.plan} · {item.expected === null && item.kind === 'moment' ? t('sop.everyone') : t(`sop.expected.${item.kind}`, { n })}
          </span>
          {item.state && <Tag>{t([`sop.state.${item.state}`, `reach.moment.states.${item.state}`], item.state)}</Tag>}
        </span>
        {item.text && <div style={{ whiteSpace: 'pre-wrap', padding: 12, background: 'var(--wash)', borderRadius: 8 }}>{item.text}</div>}
        {item.ahead ? (
          <Alert type="info" showIcon title={t('sop.ahead')} description={t(`sop.aheadText.${item.kind}`, { n })} />
        ) : (
          <Outcome item={item} />
        )}
        {item.collides.length > 0 && (
          <Alert
            type="warning"
            showIcon
            title={t('sop.collides')}
            data-testid="sop-collides"
            description={
              <ul style={{ margin: 0, paddingLeft: 18 }}>
                {item.collides.map((one) => (
                  <li key={one.key}>{t(`sop.${where}`, { plan: one.plan || t('sop.noSeries'), n: format.number(one.count) })}</li>
                ))}
              </ul>
            }
          />
        )}
        {item.kind === 'moment' && (item.state === 'planned' || item.state === 'failed') && <Planned item={item} close={close} />}
      </div>
    </Drawer>
  );
}

/** Where it is changed, and where each person's message is seen. */
function Open({ item }: { item: SopItem }) {
  const { t } = useTranslation();
  const [, write] = useUrl();
  if (item.kind === 'group')
    return (
      <Link to={`/groups/calendar?from=${item.day}&entry=${encodeURIComponent(`${item.planId}.${item.stepId}.${item.at}`)}`}>
        <Button>{t('sop.open')}</Button>
      </Link>
    );
  if (item.kind === 'moment') {
    const id = item.key.slice(2);
    if (item.state !== 'planned' && item.state !== 'failed')
      return <Button onClick={() => write({ item: null, moment: id })}>{t('sop.open')}</Button>;
    return null;
  }
  return (
    <span className="row">
      {!item.ahead && (
        <Link to={`/messages?journeyId=${item.planId}&nodeId=${item.stepId}`}>
          <Button>{t('sop.seeMessages')}</Button>
        </Link>
      )}
      <Link to={item.kind === 'person' ? `/sop/${item.planId}` : `/journeys/${item.planId}`}>
        <Button type="primary">{t(item.kind === 'person' ? 'sop.openTable' : 'sop.openJourney')}</Button>
      </Link>
    </span>
  );
}

function Planned({ item, close }: { item: SopItem; close: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [, write] = useUrl();
  if (!may('messages.write')) return null;
  const remove = async () => {
    try {
      await momentPlans.remove(item.planId);
      await client.invalidateQueries({ queryKey: ['sop'] });
      close();
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <span className="row">
      <Button type="primary" onClick={() => write({ item: null, plan: item.planId })} data-testid="moment-change">
        {t('common.edit')}
      </Button>
      <Popconfirm title={t('sop.momentDelete')} okText={t('sop.momentDelete')} cancelText={t('common.cancel')} onConfirm={remove}>
        <Button danger>{t('sop.momentDelete')}</Button>
      </Popconfirm>
    </span>
  );
}
