import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Skeleton, Spin } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { audiences, type Preview } from '../api/audiences.ts';
import type { Rule } from '../api/rule.ts';
import { PersonLink } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { LevelTag, StageTag, useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

interface LiveSizeProps {
  rule: Rule | undefined;
  unfinished: number;
  onPreview?: (preview: Preview) => void;
}

/** How many people a rule takes in, while it is being built, with the rule in words and some of the people. */
export function LiveSize({ rule, unfinished, onPreview }: LiveSizeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const settled = useDebounced(JSON.stringify(rule), 400);
  const query = useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => audiences.preview(JSON.parse(settled) as Rule, signal),
    enabled: settled !== undefined,
    placeholderData: (before) => before,
    staleTime: 15_000,
    retry: false,
  });
  const data = rule ? query.data : undefined;
  useEffect(() => {
    if (query.data) onPreview?.(query.data);
  }, [query.data, onPreview]);

  return (
    <Card
      size="small"
      title={<Define text={t('rule.sizeDefinition')}>{t('rule.size')}</Define>}
      extra={query.isFetching && <Spin size="small" />}
      data-testid="live-size"
    >
      <div className="stack">
        {!rule && <span className="soft">{t('rule.startCounting')}</span>}
        {rule && query.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
        {rule && query.isError && <ProblemView error={query.error} retry={() => query.refetch()} compact />}
        {data && (
          <div>
            <div style={{ fontSize: 30, fontWeight: 600, lineHeight: 1.2, opacity: query.isPlaceholderData ? 0.5 : 1 }} className="num">
              <span data-testid="size-count">{format.number(data.count)}</span>{' '}
              <span className="soft" style={{ fontSize: 14, fontWeight: 400 }}>
                {t('common.people')}
              </span>
            </div>
            <div className="soft small num">
              {data.total ? `${t('rule.ofPool', { part: format.percent(data.count / data.total) })} · ` : ''}
              {t('rule.took', { ms: format.number(data.elapsedMs, 0) })}
            </div>
          </div>
        )}
        {unfinished > 0 && <span className="warn small">{t('rule.incomplete', { n: unfinished })}</span>}
        {data?.sentence && (
          <div data-testid="sentence">
            <div className="soft small">{t('rule.sentence')}</div>
            <div>{named(data.sentence, '')}</div>
          </div>
        )}
        {Boolean(data?.warnings?.length) && (
          <Alert
            type="warning"
            showIcon
            title={t('rule.warnings')}
            description={data?.warnings?.map((one) => (
              <div key={`${one.path}${one.message}`}>
                {one.message} <code className="mono soft">{one.path}</code>
              </div>
            ))}
          />
        )}
        {Boolean(data?.sample?.length) && (
          <div>
            <div className="soft small">{t('rule.sample')}</div>
            {data?.sample?.slice(0, 8).map((one) => (
              <div key={one.id} className="row between" style={{ padding: '5px 0' }}>
                <PersonLink person={{ id: one.id, name: one.name }} />
                <span className="row" style={{ gap: 4 }}>
                  <LevelTag level={one.level} />
                  {!one.level && <StageTag stage={one.stage} />}
                </span>
              </div>
            ))}
          </div>
        )}
      </div>
    </Card>
  );
}
