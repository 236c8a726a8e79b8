import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Form, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MomentCheck, moments, type NewMoment } from '../api/reach.ts';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';
import { useContents } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { useAskApproval } from './approval-ask.tsx';

export function NewMomentDrawer({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const contents = useContents();
  const { nameOf } = useStaff();
  const choices = useQuery({ queryKey: ['moments', 'choices'], queryFn: moments.choices });
  const [contentId, setContent] = useState<string>();
  const [staff, setStaff] = useState<string[]>([]);
  const [tags, setTags] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const askApproval = useAskApproval();
  const ask: NewMoment | undefined = contentId
    ? { contentId, ...(staff.length > 0 ? { staff } : {}), ...(tags.length > 0 ? { tags } : {}) }
    : undefined;
  const check = useQuery({
    queryKey: ['moments', 'check', ask],
    queryFn: () => moments.check(ask as NewMoment),
    enabled: ask !== undefined,
    retry: false,
  });
  const make = async () => {
    if (!ask) return;
    setBusy(true);
    setFailed(undefined);
    try {
      await moments.make(ask);
      await client.invalidateQueries({ queryKey: ['moments'] });
      say.done(t('reach.moment.handed'));
      close();
    } catch (error) {
      if (askApproval(error)) close();
      else setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const tagOptions = choices.data?.tags?.map((tag) => ({ value: tag.id, label: `${tag.group} · ${tag.name}` }));
  return (
    <Drawer open title={t('reach.moment.make')} onClose={close} size={520}>
      <Form layout="vertical">
        {choices.isError && <ProblemView error={choices.error} />}
        <Form.Item label={t('reach.moment.content')}>
          <Select
            value={contentId}
            onChange={setContent}
            showSearch={{ optionFilterProp: 'label' }}
            data-testid="moment-content"
            options={(contents.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item label={t('reach.moment.staff')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            value={staff}
            onChange={setStaff}
            placeholder={t('reach.moment.everyone')}
            options={(choices.data?.staff ?? []).map((one) => ({ value: one.userId, label: `${nameOf(one.userId)} (${one.customers})` }))}
          />
        </Form.Item>
        <Form.Item label={t('reach.moment.tags')} extra={choices.data?.tags === null ? t('reach.moment.noTags') : undefined}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            value={tags}
            onChange={setTags}
            disabled={!tagOptions?.length}
            placeholder={t('reach.moment.anyone')}
            options={tagOptions ?? []}
          />
        </Form.Item>
      </Form>
      <div className="stack">
        {ask && check.isPending && <Loading rows={3} />}
        {check.isError && <ProblemView error={check.error} />}
        {check.data && ask && <Told check={check.data} />}
        {failed !== undefined && <ProblemView error={failed} />}
        <div>
          <Button type="primary" loading={busy} disabled={!check.data?.staff.length} onClick={make} data-testid="hand-moment">
            {t('reach.moment.hand')}
          </Button>
        </div>
      </div>
    </Drawer>
  );
}

function Told({ check }: { check: MomentCheck }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const { namesOf } = useStaff();
  const byRule = Map.groupBy(check.stopped, (one) => one.limit);
  return (
    <div className="stack" data-testid="moment-check">
      <div style={{ whiteSpace: 'pre-wrap', padding: 12, background: 'var(--wash)', borderRadius: 8 }}>{check.text}</div>
      <span>{t('reach.moment.would', { staff: format.number(check.staff.length), customers: format.number(check.customers) })}</span>
      {check.stopped.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('reach.moment.leftOut')}
          description={
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {[...byRule].map(([limit, list]) => (
                <li key={limit}>
                  {namesOf(list.slice(0, 8).flatMap((one) => one.userId ?? []))}
                  {list.length > 8 && ` … (${list.length})`}：{named(list[0], limit)}
                </li>
              ))}
            </ul>
          }
        />
      )}
      {check.warnings.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={`${t('reach.moment.mind')}：${namesOf(check.warnings.slice(0, 8).flatMap((one) => one.userId ?? []))}`}
          description={`${t('reach.moment.mindHint')} · ${named(check.warnings[0], '')}`}
        />
      )}
    </div>
  );
}
