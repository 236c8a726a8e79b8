import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { stories, type WhyKind, type WhyPart } from '../../api/story.ts';
import { eventName } from '../../i18n/event-name.ts';
import { Time } from '../../ui/bits.tsx';
import { useUrl } from '../../ui/hooks.ts';
import { useLabels } from '../../ui/labels.tsx';
import { Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';
import { GivenTag } from './given-tag.tsx';

interface Asked {
  kind: WhyKind;
  key: string;
}

function Mark({ holds }: { holds: boolean }) {
  const { t } = useTranslation();
  return holds ? (
    <CheckCircleFilled aria-label={t('people.why.holds')} style={{ color: 'var(--good)' }} />
  ) : (
    <CloseCircleFilled aria-label={t('people.why.holdsNot')} className="soft" />
  );
}

/** The events behind a statement: how many, and the newest; a click shows them on the timeline. */
function Events({ evidence, onShow }: { evidence: NonNullable<WhyPart['evidence']>; onShow: (event: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="soft small stack tight" style={{ marginTop: 2 }}>
      <span>{t('people.why.events', { n: evidence.count })}</span>
      {evidence.newest.map((one) => (
        <span key={one.messageId} className="row">
          <button type="button" className="linklike" onClick={() => onShow(one.event)}>
            {eventName(t, one.event)}
          </button>
          <Time value={one.timestamp} />
        </span>
      ))}
    </div>
  );
}

function Part({ part, ask, show }: { part: WhyPart; ask: (asked: Asked) => void; show: (event: string) => void }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  return (
    <div style={{ padding: '4px 0' }}>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Mark holds={part.holds} />
        <div className="grow" style={{ minWidth: 0 }}>
          {part.join ? (
            <b style={{ fontWeight: 500 }}>{t(`people.why.${part.join}`)}</b>
          ) : part.refers ? (
            <button type="button" className="linklike" onClick={() => part.refers && ask(part.refers)}>
              {named(part.sentence, '')}
            </button>
          ) : (
            named(part.sentence, '')
          )}
          {part.evidence && <Events evidence={part.evidence} onShow={show} />}
        </div>
      </div>
      {part.parts && (
        <div style={{ borderInlineStart: '2px solid var(--line)', paddingInlineStart: 12, marginInlineStart: 6 }}>
          {part.parts.map((one, i) => (
            <Part key={i} part={one} ask={ask} show={show} />
          ))}
        </div>
      )}
    </div>
  );
}

function Answer({
  personId,
  asked,
  ask,
  show,
}: {
  personId: string;
  asked: Asked;
  ask: (a: Asked) => void;
  show: (event: string) => void;
}) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const query = useQuery({
    queryKey: ['person', personId, 'why', asked.kind, asked.key],
    queryFn: () => stories.why(personId, asked.kind, asked.key),
  });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={4} />;
  const why = query.data;
  return (
    <div className="stack" data-testid="why">
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Mark holds={why.holds} />
        <b>{t(why.holds ? 'people.why.is' : 'people.why.isNot', { name: named(why.name, why.key) })}</b>
      </div>
      {why.outranked && <span className="soft">{t('people.why.outranked', { name: named(why.outranked.name, why.outranked.key) })}</span>}
      {why.rule ? <Part part={why.rule} ask={ask} show={show} /> : <GivenTag why={why} onShow={show} />}
    </div>
  );
}

/** Opens, on whatever it wraps, why the person has this tag, stage, tier or level. */
export function WhyButton({ personId, kind, of, children }: { personId: string; kind: WhyKind; of: string; children: ReactNode }) {
  const { t } = useTranslation();
  const [, write] = useUrl();
  const [trail, setTrail] = useState<Asked[]>([]);
  const asked = trail.at(-1);
  const show = (event: string) => {
    setTrail([]);
    write({ tab: null, group: null, event });
  };
  return (
    <>
      <button
        type="button"
        className="linklike"
        style={{ textDecoration: 'none' }}
        title={t('people.why.ask')}
        onClick={() => setTrail([{ kind, key: of }])}
        data-testid={`why-${kind}-${of}`}
      >
        {children}
      </button>
      <Drawer
        open={asked !== undefined}
        onClose={() => setTrail(trail.slice(0, -1))}
        title={t('people.why.title')}
        size={420}
        destroyOnHidden
        styles={{ wrapper: { maxWidth: '100vw' } }}
      >
        {asked && <Answer personId={personId} asked={asked} ask={(next) => setTrail([...trail, next])} show={show} />}
      </Drawer>
    </>
  );
}
