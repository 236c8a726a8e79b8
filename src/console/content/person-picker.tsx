import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf, type Person, people } from '../api/people.ts';
import { useDebounced } from '../ui/hooks.ts';

/** Find one person by name or any ID. */
export function PersonPicker({
  value,
  onChange,
  none,
}: {
  value: Person | undefined;
  onChange: (person: Person | undefined) => void;
  none: string;
}) {
  const { t } = useTranslation();
  const [word, setWord] = useState('');
  const settled = useDebounced(word.trim(), 250);
  const query = useQuery({ queryKey: ['people', 'pick', settled], queryFn: () => people.list({ query: settled || undefined, limit: 20 }) });
  const found = query.data?.items ?? [];
  return (
    <Select
      allowClear
      loading={query.isFetching}
      showSearch={{ filterOption: false, onSearch: setWord }}
      value={value?.id}
      placeholder={none}
      style={{ width: '100%' }}
      options={found.map((person) => ({
        value: person.id,
        label: `${nameOf(person)}${person.identities[0] ? ` · ${person.identities[0].id}` : ''}`,
      }))}
      onChange={(id?: string) => onChange(found.find((person) => person.id === id))}
      notFoundContent={t('common.paletteEmpty')}
      data-testid="person-picker"
    />
  );
}
