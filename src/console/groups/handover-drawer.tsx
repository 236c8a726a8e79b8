import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, AutoComplete, Button, Drawer, Form, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupPlans } from '../api/group-plans.ts';
import { useStaff } from '../staff/bits.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

type Answer = Awaited<ReturnType<typeof groupPlans.handOver>>;
const KEY = ['groups', 'handovers'];

/** Groups of somebody who leaves, shared out among others. */
export function HandOverDrawer({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [answer, setAnswer] = useState<Answer>();
  const options = useStaff().items.map((one) => ({ value: one.id, label: one.name === one.id ? one.id : `${one.name} ${one.id}` }));
  const [busy, setBusy] = useState(false);
  const go = async (body: { from: string; to: string[] }) => {
    setBusy(true);
    try {
      setAnswer(await groupPlans.handOver(body));
      await client.invalidateQueries({ queryKey: ['groups'] });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Drawer open onClose={close} size="min(520px, 100vw)" title={t('groupPlan.handOver')} data-testid="handover">
      <div className="stack">
        <span className="soft">{t('groupPlan.handOverText')}</span>
        <Form layout="vertical" onFinish={go}>
          <Form.Item name="from" label={t('groupPlan.from')} rules={[{ required: true, whitespace: true }]}>
            <AutoComplete
              options={options}
              showSearch={{ filterOption: (text, one) => String(one?.label ?? '').includes(text) }}
              data-testid="handover-from"
            />
          </Form.Item>
          <Form.Item name="to" label={t('groupPlan.to')} rules={[{ required: true }]}>
            <Select mode="tags" tokenSeparators={[',', '，', ' ']} options={options} optionFilterProp="label" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('groupPlan.handOver')}
          </Button>
        </Form>
        {answer && (
          <Alert
            type={answer.failed.length > 0 ? 'warning' : 'success'}
            showIcon
            title={t('groupPlan.handedOver', { moved: answer.moved.length })}
            description={
              <div className="stack tight">
                {answer.left > 0 && <span>{t('groupPlan.handOverLeft', { left: answer.left })}</span>}
                <Failures failed={answer.failed} />
              </div>
            }
          />
        )}
        <UnderWay />
      </div>
    </Drawer>
  );
}

const Failures = ({ failed }: { failed: Answer['failed'] }) =>
  failed.slice(0, 20).map((one) => (
    <span key={one.chatId} style={{ overflowWrap: 'anywhere' }}>
      {one.chatId}: {one.reason}
    </span>
  ));

/** What the platform lets go on another day, and what it refused. */
function UnderWay() {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const { nameOf } = useStaff();
  const query = useQuery({ queryKey: KEY, queryFn: groupPlans.handovers });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data || query.data.items.length === 0) return null;
  const { most, items } = query.data;
  const drop = async (from: string) => {
    try {
      await groupPlans.dropHandovers(from);
      await client.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <section className="stack" data-testid="handovers">
      <b>{t('groupPlan.handOvers')}</b>
      {items.map((one) => (
        <div key={one.from} className="stack tight">
          <span>{t('groupPlan.handOverLine', { from: nameOf(one.from), to: one.to.map(nameOf).join(', ') })}</span>
          <span className="row wrap soft small">
            {t('groupPlan.handOverState', { today: one.today, most, waiting: one.waiting })}
            {one.waiting > 0 && (
              <Popconfirm title={t('groupPlan.handOverDrop')} onConfirm={() => drop(one.from)}>
                <Button size="small" type="link">
                  {t('groupPlan.handOverDrop')}
                </Button>
              </Popconfirm>
            )}
          </span>
          {one.failed.length > 0 && (
            <span className="stack tight small">
              <span>{t('groupPlan.handOverFailed', { n: one.failed.length })}</span>
              <Failures failed={one.failed} />
            </span>
          )}
        </div>
      ))}
    </section>
  );
}
