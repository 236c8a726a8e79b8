import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, DatePicker, Input, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { health } from '../api/events.ts';
import { useFormat } from '../ui/format.ts';
import { Hint } from '../ui/page.tsx';

/** Sales and holidays, announced: days of the workspace's zone. */
export function ExpectedTimes({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { message } = App.useApp();
  const list = useQuery({ queryKey: ['health', 'expected'], queryFn: health.expected });
  const [days, setDays] = useState<[Dayjs, Dayjs]>();
  const [note, setNote] = useState('');
  const options = {
    onSuccess: () => client.invalidateQueries({ queryKey: ['health'] }),
    onError: (error: Error) => message.error(error.message),
  };
  const add = useMutation({
    ...options,
    mutationFn: ([from, to]: [Dayjs, Dayjs]) =>
      health.announce({
        from: format.startOfDay(from.format('YYYY-MM-DD')).toISOString(),
        to: format.startOfDay(to.add(1, 'day').format('YYYY-MM-DD')).toISOString(),
        ...(note ? { note } : {}),
      }),
    onSuccess: () => {
      setDays(undefined);
      setNote('');
      return options.onSuccess();
    },
  });
  const take = useMutation({ ...options, mutationFn: (id: string) => health.takeBack(id) });
  return (
    <Card
      size="small"
      data-testid="expected-times"
      title={
        <>
          {t('health.period')} <Hint text={t('health.periodHint')} />
        </>
      }
    >
      {list.data?.items.length === 0 && <div className="soft small">{t('health.noPeriods')}</div>}
      {list.data?.items.map((one) => (
        <div key={one.id} className="row between small" style={{ padding: '4px 0' }}>
          <span>
            {one.note ?? '–'}
            <br />
            <span className="soft">{t('health.until', { x: format.time(one.from), y: format.time(one.to) })}</span>
          </span>
          {may && (
            <Button size="small" type="link" onClick={() => take.mutate(one.id)}>
              {t('health.takeBack')}
            </Button>
          )}
        </div>
      ))}
      {may && (
        <Space wrap style={{ marginTop: 8 }}>
          <DatePicker.RangePicker
            size="small"
            value={days ?? null}
            onChange={(value) => setDays(value?.[0] && value[1] ? [value[0], value[1]] : undefined)}
          />
          <Input
            size="small"
            style={{ width: 120 }}
            placeholder={t('health.note')}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button size="small" type="primary" disabled={!days} loading={add.isPending} onClick={() => days && add.mutate(days)}>
            {t('health.announce')}
          </Button>
        </Space>
      )}
    </Card>
  );
}
