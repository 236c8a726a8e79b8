import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Drawer, Form, Input, Segmented, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moments } from '../api/reach.ts';
import { type MomentPlanView, momentPlans } from '../api/sop.ts';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { useContents } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

interface Draft {
  day: Dayjs;
  at: string;
  series: string;
  contentId?: string;
  text?: string;
  staff: string[];
}

/** A moment on a day: staff are given it then, and publish it. */
export function MomentPlanDrawer({ id, close }: { id: string | undefined; close: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['sop', 'moment', id], queryFn: () => momentPlans.get(id ?? ''), enabled: id !== undefined });
  return (
    <Drawer open onClose={close} size={520} title={t('sop.makeOf.moment')} data-testid="moment-plan">
      {query.isError && <ProblemView error={query.error} />}
      {id !== undefined && query.isPending && <Loading />}
      {(id === undefined || query.data) && <PlanForm plan={query.data} close={close} />}
    </Drawer>
  );
}

function PlanForm({ plan, close }: { plan: MomentPlanView | undefined; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const client = useQueryClient();
  const contents = useContents();
  const { nameOf } = useStaff();
  const choices = useQuery({ queryKey: ['moments', 'choices'], queryFn: moments.choices, retry: false });
  const [form] = Form.useForm<Draft>();
  const [by, setBy] = useState<'text' | 'content'>(plan ? 'content' : 'text');
  const [failed, setFailed] = useState<unknown>();
  const askApproval = useAskApproval();
  const first: Partial<Draft> = plan
    ? {
        day: format.startOfDay(plan.day),
        at: format.zoned(plan.at).format('HH:mm'),
        series: plan.series,
        contentId: plan.contentId,
        staff: plan.staff ?? [],
      }
    : { day: format.zoned().add(1, 'day'), at: '12:10', series: '', staff: [] };
  const save = async ({ day, at, series, contentId, text, staff }: Draft) => {
    setFailed(undefined);
    const when = { day: day.format('YYYY-MM-DD'), at, series };
    const what = by === 'content' && contentId ? { contentId } : {};
    try {
      if (plan) await momentPlans.change(plan.id, { ...when, ...what, staff: staff.length > 0 ? staff : null });
      else await momentPlans.add({ ...when, ...what, ...(by === 'text' && text ? { text } : {}), ...(staff.length > 0 ? { staff } : {}) });
      await client.invalidateQueries({ queryKey: ['sop'] });
      say.done(t('sop.momentSaved'));
      close();
    } catch (error) {
      if (askApproval(error)) close();
      else setFailed(error);
    }
  };
  return (
    <Form<Draft> form={form} layout="vertical" initialValues={first} onFinish={save}>
      {plan?.problem && (
        <Alert type="error" showIcon style={{ marginBottom: 16 }} title={plan.problem === 'late' ? t('sop.momentLate') : plan.problem} />
      )}
      <div className="row wrap" style={{ alignItems: 'flex-start' }}>
        <Form.Item name="day" label={t('sop.momentDay')} rules={[{ required: true }]}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Form.Item name="at" label={t('sop.timeOf')} rules={[{ required: true }]}>
          <Input type="time" style={{ width: 110 }} />
        </Form.Item>
        <Form.Item name="series" label={t('sop.momentSeries')} style={{ flex: '1 1 160px' }}>
          <Input maxLength={80} placeholder={t('sop.seriesHint')} />
        </Form.Item>
      </div>
      {!plan && (
        <Form.Item>
          <Segmented
            value={by}
            onChange={(next) => setBy(next as typeof by)}
            options={[
              { value: 'text', label: t('sop.write') },
              { value: 'content', label: t('sop.choose') },
            ]}
          />
        </Form.Item>
      )}
      {by === 'text' ? (
        <Form.Item name="text" rules={[{ required: true, whitespace: true }]} label={t('reach.moment.words')}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} maxLength={2000} data-testid="moment-text" />
        </Form.Item>
      ) : (
        <Form.Item name="contentId" rules={[{ required: true }]} label={t('reach.moment.content')}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(contents.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
      )}
      <Form.Item name="staff" label={t('reach.moment.staff')}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          placeholder={t('reach.moment.everyone')}
          options={(choices.data?.staff ?? []).map((one) => ({ value: one.userId, label: `${nameOf(one.userId)} (${one.customers})` }))}
        />
      </Form.Item>
      {failed !== undefined && <ProblemView error={failed} />}
      <Button type="primary" htmlType="submit" data-testid="moment-save">
        {t('common.save')}
      </Button>
    </Form>
  );
}
