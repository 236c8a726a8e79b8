import { useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { definitions as api, type Definition, type Definitions, type Named } from '../api/audiences.ts';
import { useStandingColours } from '../theme/theme.tsx';
import { Dot } from './bits.tsx';

export const DEFINITIONS_KEY = ['definitions'];
const EMPTY: Definitions = { stages: [], tiers: [], levels: [], tags: [] };

export const useDefinitions = () => useQuery({ queryKey: DEFINITIONS_KEY, queryFn: api.get, staleTime: 60_000 });

export type LabelKind = keyof Definitions;

/** The workspace's own names of stages, tiers, levels and tags, in the language on screen. */
export function useLabels() {
  const { i18n } = useTranslation();
  const { data = EMPTY } = useDefinitions();
  const named = (name: Named | undefined, key: string) => (i18n.language === 'en' ? name?.en : name?.zh) || name?.zh || name?.en || key;
  return {
    named,
    label: (kind: LabelKind, key: string) => named((data[kind] as Definition[]).find((one) => one.key === key)?.name, key),
    options: (kind: LabelKind) => (data[kind] as Definition[]).map((one) => ({ value: one.key, label: named(one.name, one.key) })),
    definitions: data,
  };
}

export type Labels = ReturnType<typeof useLabels>;

export function LevelTag({ level }: { level?: string | null }) {
  const colours = useStandingColours();
  const { label } = useLabels();
  return level ? <Dot colour={colours[level] ?? '#999'}>{label('levels', level)}</Dot> : null;
}

export function StageTag({ stage }: { stage?: string | null }) {
  const colours = useStandingColours();
  const { label } = useLabels();
  return stage ? <Dot colour={colours[stage] ?? '#999'}>{label('stages', stage)}</Dot> : null;
}

export function TierTag({ tier }: { tier?: string | null }) {
  const { label } = useLabels();
  return tier ? <Tag style={{ marginInlineEnd: 0 }}>{label('tiers', tier)}</Tag> : null;
}

export function PersonTags({ tags, max = 3 }: { tags: { key: string; value?: string | null }[]; max?: number }) {
  const { label } = useLabels();
  const rest = tags.length - max;
  return (
    <span className="row wrap" style={{ gap: 4 }}>
      {tags.slice(0, max).map((tag) => (
        <Tag key={tag.key} style={{ marginInlineEnd: 0 }}>
          {label('tags', tag.key)}
          {tag.value ? `: ${tag.value}` : ''}
        </Tag>
      ))}
      {rest > 0 && <span className="soft small">+{rest}</span>}
    </span>
  );
}
