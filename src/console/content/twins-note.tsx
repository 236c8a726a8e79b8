import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { content } from '../api/content.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { type Draft, itemOf, missingIn } from './draft.ts';

/** Says while it is written that something like it is there already. */
export function TwinsNote({ draft, except }: { draft: Draft; except: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const settled = useDebounced(draft, 900);
  const whole = Object.keys(missingIn(settled)).length === 0;
  const { body, detail, kind } = settled;
  const found = useQuery({
    queryKey: ['content', 'twins-of', kind, body, detail, except],
    queryFn: () => content.twinsOf({ ...itemOf(settled), ...(except ? { except } : {}) }),
    enabled: whole,
    retry: false,
    staleTime: 30_000,
  }).data?.items.slice(0, 3);
  if (!found?.length) return null;
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="content-twins"
      title={
        <span className="row wrap">
          {t('content.twinsFound')}
          {found.map((one) => (
            <Link key={`${one.id}${one.what}`} to={`/content/${one.id}`}>
              {one.name} ({format.percent(one.likeness)})
            </Link>
          ))}
        </span>
      }
    />
  );
}
