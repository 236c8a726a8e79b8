import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, Input, Popover, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { binding, type HistoryLine, type PersonBinding } from '../api/binding.ts';
import { TellModal } from '../reach/tell-modal.tsx';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { StaffPicker, useStaff } from './bits.tsx';
import { DisputeCard } from './disputes.tsx';

/** Whose this customer is. */
export function BindingCard({ personId, onHistory }: { personId: string; onHistory: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf } = useStaff();
  const query = useQuery({ queryKey: ['person', personId, 'binding'], queryFn: () => binding.ofPerson(personId) });
  const now = query.data?.now;
  const may = useMay();
  const [telling, setTelling] = useState(false);
  return (
    <Card
      size="small"
      title={t('staff.binding')}
      data-testid="person-binding"
      extra={
        <Button type="link" size="small" onClick={onHistory} data-testid="binding-history">
          {t('staff.history')}
        </Button>
      }
    >
      {query.isPending ? (
        <Loading rows={1} />
      ) : now ? (
        <div className="stack tight">
          <span className="row between">
            <b>{nameOf(now.staffId)}</b>
            {may('messages.write') && (
              <Button size="small" onClick={() => setTelling(true)} data-testid="tell-holder">
                {t('reach.staff.tell')}
              </Button>
            )}
          </span>
          <span className="soft small">
            {t('staff.since', { day: format.day(now.since) })} ·{' '}
            {now.disputed
              ? t('staff.disputed')
              : Date.parse(now.protectedUntil) > Date.now()
                ? t('staff.protectedUntil', { day: format.day(now.protectedUntil) })
                : now.validUntil === null
                  ? t('staff.forGood')
                  : t('staff.validUntil', { day: format.day(now.validUntil) })}
          </span>
        </div>
      ) : (
        <span className="soft">{t('staff.unbound')}</span>
      )}
      {telling && now && (
        <TellModal
          staff={[now.staffId]}
          words={{ title: t('reach.tell.followTitle'), text: t('reach.tell.follow'), url: `${location.origin}/people/${personId}` }}
          close={() => setTelling(false)}
        />
      )}
    </Card>
  );
}

/** The history with its evidence, and what can be done about it. */
export function BindingHistory({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['person', personId, 'binding'], queryFn: () => binding.ofPerson(personId) });
  const { nameOf } = useStaff();
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  const { history, disputes, kept } = query.data;
  return (
    <div className="stack loose" data-testid="binding-tab">
      <Acts personId={personId} data={query.data} />
      {disputes.map((dispute) => (
        <DisputeCard key={dispute.id} dispute={dispute} linked={false} />
      ))}
      {history.length > 0 ? (
        <Timeline
          items={history.map((line) => ({
            key: `${line.by}${line.kind}${line.at}`,
            content: <Line line={line} />,
            color: line.withdrawnAt ? 'gray' : 'blue',
          }))}
        />
      ) : (
        <span className="soft">{t('staff.unbound')}</span>
      )}
      {kept.length > 0 && (
        <div className="stack tight">
          <b>{t('staff.kept')}</b>
          {kept.map((one) => (
            <div key={`${one.at}${one.staff}${one.event}`} className="row wrap between">
              <span>{t(`staff.keptWhy.${one.why}`, { staff: nameOf(one.staff), holder: nameOf(one.holder) })}</span>
              <Time value={one.at} full />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function Line({ line }: { line: HistoryLine }) {
  const { t } = useTranslation();
  const { nameOf } = useStaff();
  const words = t(`staff.kind.${line.kind}`, { staff: nameOf(line.staff), before: nameOf(line.before) });
  return (
    <div>
      {line.withdrawnAt ? <s>{words}</s> : words}
      <div className="soft small">
        <Time value={line.at} full />
        {line.actor && ` · ${line.actor}`}
        {line.reason && ` · ${line.reason}`}
        {line.event && ` · ${line.event}`}
        {line.late && ` · ${t('staff.late')}`}
        {line.withdrawnAt && ` · ${t('staff.withdrawn')}`}
      </div>
    </div>
  );
}

function Acts({ personId, data }: { personId: string; data: PersonBinding }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const [to, setTo] = useState<string>();
  const [reason, setReason] = useState('');
  const [handOver, setHandOver] = useState(false);
  if (data.now?.disputed) return <Alert type="warning" showIcon title={t('staff.dispute.openHint')} />;
  const act = async (work: () => Promise<string>) => {
    try {
      say.done(await work());
      setReason('');
      setTo(undefined);
      await client.invalidateQueries({ queryKey: ['person', personId] });
    } catch (error) {
      say.failed(error);
    }
  };
  const give = (staffId: string | null) =>
    act(async () => ((await binding.give(personId, staffId, reason.trim(), handOver)).moved ? t('staff.moved') : t('staff.asked')));
  const form = (
    <div className="stack tight" style={{ width: 300 }}>
      <StaffPicker value={to} onChange={setTo} but={data.now?.staffId} placeholder={t('staff.successor')} testId="give-to" />
      <Input
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        placeholder={t('staff.reason')}
        aria-label={t('staff.reason')}
        maxLength={500}
      />
      {data.now && (
        <Checkbox checked={handOver} onChange={(event) => setHandOver(event.target.checked)}>
          {t('staff.handOver')}
        </Checkbox>
      )}
      <div className="row wrap">
        {may('people.write') && (
          <Button type="primary" size="small" disabled={!to || !reason.trim()} onClick={() => give(to as string)}>
            {t('staff.give')}
          </Button>
        )}
        {may('people.write') && data.now && (
          <Button size="small" disabled={!reason.trim()} onClick={() => give(null)}>
            {t('staff.release')}
          </Button>
        )}
        <Button
          size="small"
          disabled={!to || !reason.trim()}
          onClick={() =>
            act(async () => {
              await binding.dispute(personId, to as string, reason.trim());
              return t('staff.dispute.state.open');
            })
          }
        >
          {t('staff.dispute.open')}
        </Button>
      </div>
    </div>
  );
  if (!may('notes.write')) return null;
  return (
    <Popover content={form} trigger="click" placement="bottomLeft">
      <Button style={{ alignSelf: 'flex-start' }} data-testid="binding-acts">
        {may('people.write') ? t('staff.give') : t('staff.dispute.open')}
      </Button>
    </Popover>
  );
}
