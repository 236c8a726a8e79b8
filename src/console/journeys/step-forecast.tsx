import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useReason } from '../channels/message-bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

interface Step {
  node: string;
  name?: string | undefined;
  messages: number;
  may: number;
  stopped: { reason: string; messages: number }[];
}

/** Of so many, so many get it, so many do not and why; every number leads to its people, where the journey is the one that is saved. */
export function StepForecast({ step, people }: { step: Step; people?: { journeyId: string; existing?: boolean | undefined } }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const open = usePeopleDrawer();
  const name = step.name || t('journey.forecastStep');
  const line = (key: string, words: string, count: number) =>
    people ? (
      <Button
        type="link"
        size="small"
        className={key === 'goes' ? 'good' : ''}
        style={{ padding: 0, height: 'auto' }}
        onClick={() =>
          open({
            ...{ title: `${name}：${words}`, count },
            source: { kind: 'foreseen', id: people.journeyId, node: step.node, reason: key, existing: people.existing },
          })
        }
        data-testid={`forecast-${key}`}
      >
        {format.number(count)} {words}
      </Button>
    ) : (
      <span className={key === 'goes' ? 'good' : ''}>
        {format.number(count)} {words}
      </span>
    );
  const share = step.messages > 0 ? step.may / step.messages : 0;
  return (
    <div className="stack tight" data-testid="step-forecast">
      <div>
        <b>{name}</b> <span className="soft small">{t('journey.forecastOf', { n: format.number(step.messages) })}</span>
      </div>
      <div style={{ height: 6, borderRadius: 3, background: 'var(--line)', overflow: 'hidden' }} aria-hidden>
        <div style={{ height: '100%', width: `${share * 100}%`, background: 'var(--good, #1a7f4b)' }} />
      </div>
      <div className="row wrap small" style={{ columnGap: 12, rowGap: 2 }}>
        {line('goes', t('journey.forecastGoes'), step.may)}
        {step.stopped.map((one) => (
          <span key={one.reason}>{line(one.reason, reason(one.reason), one.messages)}</span>
        ))}
      </div>
    </div>
  );
}
