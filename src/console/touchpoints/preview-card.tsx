import { useQuery } from '@tanstack/react-query';
import { Card, DatePicker, Input, Tag } from 'antd';
import type { Dayjs } from 'dayjs';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { touchpoints } from '../api/touchpoints.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { Hint, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

/** Who would get what, now or at another time. */
export function PreviewCard({ id, version }: { id: string; version: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [at, setAt] = useState<Dayjs | null>(null);
  const [region, setRegion] = useState('');
  const place = useDebounced(region.trim());
  // The time that is chosen is a time of the workspace, wherever the person who chooses sits.
  const when = at ? dayjs.tz(at.format('YYYY-MM-DDTHH:mm'), format.zone).toISOString() : undefined;
  const query = useQuery({
    queryKey: ['touchpoints', id, 'preview', version, when, place],
    queryFn: () => touchpoints.preview(id, { at: when, region: place || undefined }),
    refetchInterval: 30_000,
  });
  const answer = query.data;
  return (
    <Card size="small" title={t('touchpoint.live.now')} extra={<Hint text={t('touchpoint.live.saveFirst')} />} data-testid="preview-card">
      <div className="stack tight">
        <div className="row wrap">
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            value={at}
            onChange={setAt}
            placeholder={t('touchpoint.live.at')}
          />
          <Input
            value={region}
            onChange={(event) => setRegion(event.target.value)}
            placeholder={t('touchpoint.live.region')}
            style={{ maxWidth: 140 }}
          />
          {answer && <Tag>{t(`touchpoint.live.layer.${answer.layer}`)}</Tag>}
        </div>
        {query.isError && <ProblemView error={query.error} />}
        {query.isPending && <Loading rows={2} />}
        {answer?.targets.map((one, i) => (
          <span key={one.no} className="row">
            <span className="num soft">{i + 1}</span> {one.name}{' '}
            {one.share > 0 ? (
              <span className="num">{format.percent(one.share, 0)}</span>
            ) : (
              <span className="soft">{t('touchpoint.live.later')}</span>
            )}
          </span>
        ))}
        {answer && answer.targets.length === 0 && (
          <span className={answer.standby ? '' : 'warn'}>
            {answer.standby ? `${t('touchpoint.live.standby')}: ${answer.standby.name}` : t('touchpoint.live.nobody')}
          </span>
        )}
        {answer && answer.dropped.length > 0 && (
          <span className="soft small">
            {answer.dropped.map((one) => `${one.name} (${t(`touchpoint.live.why.${one.why}`)})`).join(' · ')}
          </span>
        )}
      </div>
    </Card>
  );
}
