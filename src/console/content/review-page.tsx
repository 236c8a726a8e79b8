import { SafetyOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Card, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { content } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { EmptyStart, Hint, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { ReviewBar } from './review-bar.tsx';

/** What waits to be looked at, and whether only what was approved goes out. */
export default function ReviewPage() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const waiting = useQuery({
    queryKey: ['content', 'find', 'in_review'],
    queryFn: () => content.find({ review: 'in_review', sort: 'changed', limit: 100 }),
  });
  const settings = useQuery({ queryKey: ['content', 'settings'], queryFn: content.settings });
  const needs = useQuery({ queryKey: ['content', 'needs'], queryFn: content.needs });
  const turn = async (onlyApproved: boolean) => {
    try {
      await content.setSettings({ onlyApproved });
      await client.invalidateQueries({ queryKey: ['content'] });
      say.saved();
    } catch (error) {
      say.failed(error);
    }
  };
  const on = settings.data?.onlyApproved ?? false;
  return (
    <Page title={t('content.inbox')} question={t('content.inboxQuestion')} testId="content-review-page">
      <div className="stack">
        <Card size="small">
          <div className="row between wrap">
            <span>
              {t('content.onlyApproved')} <Hint text={t('content.onlyApprovedHint')} />
              {needs.data && needs.data.unapproved > 0 && (
                <span className="soft small">
                  {' '}
                  {t(on ? 'content.unapprovedStopped' : 'content.unapprovedWould', { n: needs.data.unapproved })}
                </span>
              )}
            </span>
            <Switch
              checked={on}
              disabled={!may('content.approve')}
              onChange={turn}
              aria-label={t('content.onlyApproved')}
              data-testid="only-approved"
            />
          </div>
        </Card>
        {waiting.isPending && <Loading />}
        {waiting.isError && <ProblemView error={waiting.error} retry={() => waiting.refetch()} />}
        {waiting.data?.items.length === 0 && (
          <EmptyStart icon={<SafetyOutlined />} title={t('content.inboxEmpty')} text={t('content.inboxEmptyText')} />
        )}
        {waiting.data?.items.map((item) => (
          <Card key={item.id} size="small" data-testid="review-item">
            <div className="stack tight">
              <div className="row between wrap">
                <Link to={`/content/${item.id}`} style={{ fontWeight: 600 }}>
                  {item.name}
                </Link>
                <span className="soft small">
                  {t(`content.kind.${item.kind}`)} · <Time value={item.updatedAt} /> {item.updatedBy && `· ${item.updatedBy}`}
                </span>
              </div>
              <div style={{ whiteSpace: 'pre-line', maxHeight: 160, overflow: 'auto' }}>{item.body}</div>
              <ReviewBar item={item} dirty={false} />
            </div>
          </Card>
        ))}
      </div>
    </Page>
  );
}
