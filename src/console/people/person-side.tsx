import { useQueryClient } from '@tanstack/react-query';
import { Card, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Person, people } from '../api/people.ts';
import { ValueCard } from '../insight/value-card.tsx';
import { NextCard } from '../matching/next-card.tsx';
import { PersonFatigueCard } from '../reach/fatigue-card.tsx';
import { useMay } from '../shell/session.tsx';
import { BindingCard } from '../staff/person-binding.tsx';
import { Time } from '../ui/bits.tsx';
import { useLabels } from '../ui/labels.tsx';
import { TagPeople } from '../ui/tag-people.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { IdentitiesCard } from './identity/identities-card.tsx';
import { InterestCard } from './interest-card.tsx';
import { PersonalData } from './privacy/personal-data.tsx';
import { WhyButton } from './story/why.tsx';

function Tags({ person }: { person: Person }) {
  const { t } = useTranslation();
  const may = useMay();
  const { label } = useLabels();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['person', person.id] });
  const drop = async (key: string) => {
    try {
      await people.untag([person.id], key);
      await refresh();
      undo(t('common.deleted', { name: label('tags', key) }), async () => {
        await people.tag([person.id], key).catch(say.failed);
        await refresh();
      });
    } catch (error) {
      say.failed(error);
    }
  };
  const by = (who = 'rule') => t(`people.${{ hand: 'byHand', import: 'byImport', model: 'byModel' }[who] ?? 'byRule'}`);
  return (
    <Card size="small" title={t('people.tags')} extra={may('people.write') && <TagPeople ids={[person.id]} size="small" />}>
      {!person.tags.length && <span className="soft">{t('people.noTags')}</span>}
      <div className="row wrap" style={{ gap: 6 }}>
        {person.tags.map((tag) => (
          <Tooltip
            key={tag.key}
            title={
              <>
                {by(tag.by)} · <Time value={tag.since} full />
              </>
            }
          >
            <Tag
              style={{ marginInlineEnd: 0 }}
              closable={tag.by === 'hand' && may('people.write')}
              onClose={(event) => {
                event.preventDefault();
                void drop(tag.key);
              }}
            >
              <WhyButton personId={person.id} kind="tag" of={tag.key}>
                {label('tags', tag.key)}
                {tag.value ? `: ${tag.value}` : ''}
              </WhyButton>
            </Tag>
          </Tooltip>
        ))}
      </div>
    </Card>
  );
}

function Traits({ person }: { person: Person }) {
  const { t } = useTranslation();
  // The picture is the face at the top of the page.
  const traits = Object.entries(person.traits).filter(([key]) => key !== 'avatar');
  return (
    <Card size="small" title={t('people.traits')}>
      {!traits.length && <span className="soft">{t('people.noTraits')}</span>}
      {traits.map(([key, value]) => (
        <div key={key} className="row between" style={{ padding: '3px 0', alignItems: 'baseline' }}>
          <span className="soft small mono">{key}</span>
          <span style={{ textAlign: 'right', overflowWrap: 'anywhere' }}>
            {typeof value === 'object' ? JSON.stringify(value) : String(value)}
          </span>
        </div>
      ))}
    </Card>
  );
}

export function PersonSide({ person, onBinding }: { person: Person; onBinding: () => void }) {
  return (
    <div className="stack">
      <BindingCard personId={person.id} onHistory={onBinding} />
      <ValueCard personId={person.id} />
      <PersonFatigueCard personId={person.id} />
      <Tags person={person} />
      <InterestCard personId={person.id} />
      <NextCard personId={person.id} />
      <IdentitiesCard person={person} />
      <Traits person={person} />
      <PersonalData person={person} />
    </div>
  );
}
