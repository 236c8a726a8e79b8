import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { AutoComplete, Button, Card, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { groupPlans, type PlanBody, type PlanView, type Step } from '../api/group-plans.ts';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { useSay } from '../ui/undo.tsx';

type Draft = Omit<PlanBody, 'steps'> & {
  steps: {
    id: string;
    name?: string;
    kind: 'day' | 'weekly';
    day?: number;
    weekday?: number;
    time: string;
    text: string;
    url?: string;
    title?: string;
  }[];
};

const draftOf = (plan: PlanView | undefined): Draft => ({
  name: plan?.name ?? '',
  purpose: plan?.purpose ?? '',
  reminders: plan?.reminders ?? 2,
  remindAfter: plan?.remindAfter ?? 60,
  steps: (plan?.steps ?? []).map(({ id, name, when, text, link }) => ({
    ...{ id, name, kind: when.kind, time: when.time, text, url: link?.url ?? '', title: link?.title ?? '' },
    ...(when.kind === 'day' ? { day: when.day } : { weekday: when.weekday }),
  })),
});

const stepOf = (one: Draft['steps'][number]): Step => ({
  ...{ id: one.id, name: one.name ?? '', text: one.text },
  when:
    one.kind === 'day' ? { kind: 'day', day: one.day ?? 0, time: one.time } : { kind: 'weekly', weekday: one.weekday ?? 1, time: one.time },
  ...(one.url ? { link: { url: one.url, title: one.title || one.name || one.url.slice(0, 40) } } : {}),
});

const fresh = () => ({ id: `s${Math.random().toString(36).slice(2, 8)}`, kind: 'day' as const, day: 0, time: '20:00', text: '' });

/** A plan on paper: for which groups, and what they are told when. */
export function PlanDrawer({
  plan,
  purposes,
  close,
}: {
  plan: PlanView | undefined;
  purposes: { purpose: string; groups: number }[];
  close: () => void;
}) {
  const { t } = useTranslation();
  const say = useSay();
  const askApproval = useAskApproval();
  const client = useQueryClient();
  const [form] = Form.useForm<Draft>();
  const save = async (draft: Draft) => {
    const { name, purpose, reminders, remindAfter } = draft;
    const body = { name, purpose, reminders, remindAfter, steps: draft.steps.map(stepOf) };
    try {
      await (plan ? groupPlans.change(plan.id, body) : groupPlans.add(body));
      await client.invalidateQueries({ queryKey: ['groups'] });
      say.saved();
      close();
    } catch (error) {
      if (askApproval(error)) close();
      else say.failed(error);
    }
  };
  const first = plan ? draftOf(plan) : { ...draftOf(undefined), steps: [fresh()] };
  return (
    <Drawer
      open
      onClose={close}
      size={720}
      title={t(plan ? 'groupPlan.edit' : 'groupPlan.make')}
      data-testid="plan-drawer"
      extra={
        <Button type="primary" onClick={() => form.submit()} data-testid="plan-save">
          {t('common.save')}
        </Button>
      }
    >
      <Form<Draft> form={form} layout="vertical" initialValues={first} onFinish={save}>
        <Form.Item name="name" label={t('groupPlan.name')} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={80} placeholder={t('groupPlan.nameHint')} data-testid="plan-name" />
        </Form.Item>
        <Form.Item
          name="purpose"
          label={t('groupPlan.purpose')}
          extra={t('groupPlan.purposeHint')}
          rules={[{ required: true, whitespace: true }]}
        >
          <AutoComplete
            options={purposes.map((one) => ({ value: one.purpose, label: t('groupPlan.groupsOf', one) }))}
            data-testid="plan-purpose"
          />
        </Form.Item>
        <Form.List name="steps">
          {(fields, { add, remove }) => (
            <Form.Item label={t('groupPlan.steps')}>
              <div className="stack">
                {fields.map(({ key, name }) => (
                  <StepForm key={key} at={name} remove={fields.length > 1 ? () => remove(name) : undefined} />
                ))}
                <Button icon={<PlusOutlined />} onClick={() => add(fresh())} data-testid="step-add">
                  {t('groupPlan.addStep')}
                </Button>
              </div>
            </Form.Item>
          )}
        </Form.List>
        <div className="row wrap" style={{ alignItems: 'flex-start', gap: 16 }}>
          <Form.Item name="reminders" label={t('groupPlan.reminders')} extra={t('groupPlan.remindLimit')}>
            <InputNumber min={0} max={3} />
          </Form.Item>
          <Form.Item name="remindAfter" label={t('groupPlan.remindAfter')}>
            <InputNumber min={5} max={1440} />
          </Form.Item>
        </div>
      </Form>
    </Drawer>
  );
}

function StepForm({ at, remove }: { at: number; remove: (() => void) | undefined }) {
  const { t } = useTranslation();
  const kind = Form.useWatch(['steps', at, 'kind']);
  return (
    <Card size="small" data-testid="plan-step">
      <div className="row wrap" style={{ alignItems: 'flex-start' }}>
        <Form.Item name={[at, 'id']} hidden>
          <Input />
        </Form.Item>
        <Form.Item name={[at, 'kind']} style={{ width: 130, marginBottom: 8 }}>
          <Select options={['day', 'weekly'].map((one) => ({ value: one, label: t(`groupPlan.kind.${one}`) }))} />
        </Form.Item>
        {kind === 'weekly' ? (
          <Form.Item name={[at, 'weekday']} initialValue={4} style={{ width: 110, marginBottom: 8 }}>
            <Select options={[1, 2, 3, 4, 5, 6, 7].map((one) => ({ value: one, label: t(`groupPlan.weekday.${one}`) }))} />
          </Form.Item>
        ) : (
          <Form.Item name={[at, 'day']} style={{ width: 110, marginBottom: 8 }} tooltip={t('groupPlan.dayHint')}>
            <InputNumber min={0} max={365} style={{ width: '100%' }} />
          </Form.Item>
        )}
        <Form.Item
          name={[at, 'time']}
          style={{ width: 100, marginBottom: 8 }}
          rules={[{ required: true, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, message: 'HH:MM' }]}
        >
          <Input maxLength={5} placeholder="20:00" inputMode="numeric" className="num" />
        </Form.Item>
        <Form.Item name={[at, 'name']} style={{ flex: '1 1 140px', marginBottom: 8 }}>
          <Input maxLength={60} placeholder={t('groupPlan.stepName')} />
        </Form.Item>
        {remove && <Button type="text" icon={<DeleteOutlined />} onClick={remove} aria-label={t('groupPlan.removeStep')} />}
      </div>
      {kind !== 'weekly' && (
        <div className="soft small" style={{ marginBottom: 8 }}>
          {t('groupPlan.dayHint')}
        </div>
      )}
      <Form.Item
        name={[at, 'text']}
        style={{ marginBottom: 8 }}
        rules={[{ required: true, whitespace: true, message: t('groupPlan.textHint') }]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} placeholder={t('groupPlan.textHint')} />
      </Form.Item>
      <div className="row wrap">
        <Form.Item name={[at, 'url']} style={{ flex: '2 1 200px', marginBottom: 0 }} rules={[{ type: 'url' }]}>
          <Input placeholder={t('groupPlan.linkUrl')} />
        </Form.Item>
        <Form.Item name={[at, 'title']} style={{ flex: '1 1 140px', marginBottom: 0 }}>
          <Input maxLength={40} placeholder={t('groupPlan.linkTitle')} />
        </Form.Item>
      </div>
    </Card>
  );
}
