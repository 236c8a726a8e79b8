import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { posters } from '../../api/posters.ts';
import { PosterPicture } from './poster-picture.tsx';

/** A poster to go with words: everybody gets their own. In a form it is given its value and told to whom to say a change. */
export function PosterSelect(props: {
  value?: string | null;
  onChange?: (id: string | null) => void;
  missing?: boolean;
  allowClear?: boolean;
}) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['posters'], queryFn: posters.list });
  const chosen = query.data?.items.find((one) => one.id === props.value);
  return (
    <div className="stack tight">
      <Select<string | null>
        value={props.value || null}
        onChange={(id) => props.onChange?.(id ?? null)}
        loading={query.isPending}
        status={props.missing ? 'error' : ''}
        placeholder={t('content.choosePoster')}
        allowClear={props.allowClear ?? false}
        showSearch={{ optionFilterProp: 'label' }}
        options={(query.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        notFoundContent={<Link to="/posters">{t('content.noPosters')}</Link>}
        data-testid="card-poster"
      />
      {chosen && <PosterPicture id={chosen.id} version={chosen.version} height={160} />}
    </div>
  );
}
