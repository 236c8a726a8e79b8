import type { PeopleFilters } from '../api/people.ts';
import type { Rule } from '../api/rule.ts';
import { useUrl } from '../ui/hooks.ts';

export const FILTER_KEYS = ['query', 'externalId', 'stage', 'tier', 'level', 'tag', 'audience'] as const;

export function usePeopleFilters(): [PeopleFilters, (change: Partial<PeopleFilters>) => void] {
  const [read, write] = useUrl();
  const filters: PeopleFilters = {};
  for (const key of FILTER_KEYS) {
    const value = read(key);
    if (value) filters[key] = value;
  }
  return [filters, (change) => write(change as Record<string, string | undefined>)];
}

/** The filters as a rule, to go on with them in the audience builder. Free text has no rule. */
export function ruleOfFilters(filters: PeopleFilters): Rule | undefined {
  const parts: Rule[] = [];
  if (filters.stage) parts.push({ stage: filters.stage });
  if (filters.tier) parts.push({ tier: filters.tier });
  if (filters.level) parts.push({ level: filters.level });
  if (filters.tag) parts.push({ tag: filters.tag });
  if (filters.audience) parts.push({ audience: filters.audience });
  return parts.length > 1 ? { all: parts } : parts[0];
}
