import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Story } from '../../api/story.ts';
import { useFormat } from '../../ui/format.ts';
import { useUrl } from '../../ui/hooks.ts';
import { LevelTag, StageTag, TierTag } from '../../ui/labels.tsx';
import { EmptyStart } from '../../ui/page.tsx';

type Kind = Story['changes'][number]['kind'];
const kinds: readonly Kind[] = ['level', 'stage', 'tier'];

function Standing({ kind, of }: { kind: Kind; of: string | null }) {
  if (!of) return <span className="soft">–</span>;
  return kind === 'level' ? <LevelTag level={of} /> : kind === 'stage' ? <StageTag stage={of} /> : <TierTag tier={of} />;
}

/** How a person came to be where they are: each step with the time spent on it. */
export function Changes({ changes }: { changes: Story['changes'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [read, write] = useUrl();
  const kind = (read('kind') ?? 'level') as Kind;
  const of = changes.filter((one) => one.kind === kind);
  const days = (from: string, to: string) => Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000));
  return (
    <div className="stack" data-testid="changes">
      <Segmented
        value={kind}
        onChange={(next) => write({ kind: next === 'level' ? null : next })}
        options={kinds.map((one) => ({ value: one, label: t(`people.${one}`) }))}
      />
      {!of.length && <EmptyStart title={t('people.story.noChanges')} />}
      {of.map((one, i) => (
        <div key={`${one.at}${one.to}`} className="pcard row wrap between">
          <span className="row wrap">
            <Standing kind={kind} of={one.from} /> → <Standing kind={kind} of={one.to} />
          </span>
          <span className="soft small num">
            {format.time(one.at)} ·{' '}
            {t(i === 0 ? 'people.story.since' : 'people.story.stayed', { n: days(one.at, of[i - 1]?.at ?? new Date().toISOString()) })}
          </span>
        </div>
      ))}
    </div>
  );
}
