import { useTranslation } from 'react-i18next';
import type { Why } from '../../api/story.ts';
import { Time } from '../../ui/bits.tsx';
import { useFormat } from '../../ui/format.ts';
import { useLabels } from '../../ui/labels.tsx';
import { InterestFrom } from '../interest-from.tsx';

type Given = NonNullable<Why['given']>[number];

/** Of a tag without a rule: who or what said it and when; of a model also what it goes by, and what that is made of now. */
export function GivenTag({ why, onShow }: { why: Why; onShow: (event: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { model, given = [], expiresAt } = why;
  return (
    <div className="stack">
      {model && (
        <div className="stack tight" data-testid="why-model">
          <span>
            {t('people.why.model', {
              topic: model.topic,
              score: format.number(model.score, 1),
              threshold: format.number(model.threshold, 1),
              days: format.number(model.halfLifeDays, 1),
            })}
          </span>
          <InterestFrom from={model.from} onShow={onShow} />
        </div>
      )}
      {expiresAt && <span className="soft">{t('people.why.expires', { time: format.time(expiresAt) })}</span>}
      <div className="stack tight" data-testid="why-given">
        <b style={{ fontWeight: 500 }}>{t('people.why.given')}</b>
        {given.length === 0 && <span className="soft">{t('people.why.neverGiven')}</span>}
        {given.map((one, i) => (
          <span key={i} className="row wrap small" style={{ gap: 6 }}>
            <Word one={one} />
            <Time value={one.at} />
          </span>
        ))}
      </div>
    </div>
  );
}

function Word({ one }: { one: Given }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { label } = useLabels();
  const by = { hand: 'byHand', import: 'byImport', model: 'byModel', expiry: 'byExpiry' }[one.by] ?? 'byHand';
  return (
    <span>
      {t(one.change === 'added' ? 'people.why.added' : 'people.why.removed')}
      {one.value && <b> {one.value}</b>} · {t(`people.${by}`)}
      {one.actor && ` (${one.actor})`}
      {one.topic && ` · ${t('people.why.topicScore', { topic: one.topic, score: format.number(one.score, 1) })}`}
      {one.instead && ` · ${t('people.why.instead', { name: label('tags', one.instead) })}`}
    </span>
  );
}
