import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber, Select, TimePicker } from 'antd';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';
import { useTranslation } from 'react-i18next';
import type { Policy } from '../api/access.ts';
import { useLabels } from '../ui/labels.tsx';

dayjs.extend(customParseFormat);

const channels = ['wecom', 'official_account', 'mini_program', 'email', 'sms', 'push', 'webhook'] as const;
type HoursOf = NonNullable<Policy['quietHours']>;
type Cap = Policy['caps'][number];
type Purpose = Policy['purposes'][number];

const useChannelName = () => {
  const { t } = useTranslation();
  return (key: string) => t(`content.channelName.${key}`, t(`message.set.${key}`, key));
};

const scopeOf = (cap: Cap): string => `${cap.days} ${cap.channel ?? ''} ${cap.purpose ?? ''}`;
/** Whether two caps count the same over the same days. */
export const capsTwice = (caps: readonly Cap[]): boolean => new Set(caps.map(scopeOf)).size !== caps.length;

export function Hours({ value, onChange }: { value: HoursOf; onChange: (value: HoursOf) => void }) {
  const { t } = useTranslation();
  const one = (end: keyof HoursOf) => (
    <TimePicker
      format="HH:mm"
      allowClear={false}
      minuteStep={5}
      value={dayjs(value[end], 'HH:mm')}
      onChange={(next) => onChange({ ...value, [end]: next?.format('HH:mm') ?? value[end] })}
      style={{ width: 92 }}
    />
  );
  return (
    <>
      {one('from')}
      {t('common.to')}
      {one('to')}
    </>
  );
}

export function QuietByChannel(props: {
  value: Policy['quietByChannel'];
  editable: boolean;
  onChange: (value: Policy['quietByChannel']) => void;
}) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const { value, editable, onChange } = props;
  const left = channels.filter((key) => !(key in value));
  return (
    <div className="stack tight" style={{ marginTop: 8 }}>
      {Object.entries(value).map(([key, hours]) => (
        <div key={key} className="row wrap" style={{ gap: 6 }}>
          <span style={{ minWidth: 72 }}>{nameOf(key)}</span>
          {hours ? (
            <Hours value={hours} onChange={(next) => onChange({ ...value, [key]: next })} />
          ) : (
            <Button size="small" type="text" onClick={() => onChange({ ...value, [key]: { from: '20:00', to: '10:00' } })}>
              {t('message.set.quietNone')}
            </Button>
          )}
          {hours && (
            <Button size="small" type="text" onClick={() => onChange({ ...value, [key]: null })}>
              {t('message.set.quietNone')}
            </Button>
          )}
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('common.delete')}
            onClick={() => onChange(Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)))}
          />
        </div>
      ))}
      {editable && left.length > 0 && (
        <Select
          size="small"
          placeholder={t('message.set.quietChannel')}
          value={null}
          options={left.map((key) => ({ value: key, label: nameOf(key) }))}
          onChange={(key: string | null) => key && onChange({ ...value, [key]: { from: '20:00', to: '10:00' } })}
          style={{ width: 180 }}
          data-testid="quiet-channel"
        />
      )}
    </div>
  );
}

export function Caps({ caps, purposes, onChange }: { caps: Cap[]; purposes: Purpose[]; onChange: (caps: Cap[]) => void }) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const { named } = useLabels();
  const set = (at: number, change: Partial<Cap>) => onChange(caps.map((cap, index) => (index === at ? { ...cap, ...change } : cap)));
  return (
    <div className="stack tight">
      {caps.map((cap, index) => (
        <div key={index} className="row wrap" style={{ gap: 6 }}>
          <Select
            size="small"
            value={cap.channel ?? ''}
            options={[{ value: '', label: t('message.set.allChannels') }, ...channels.map((key) => ({ value: key, label: nameOf(key) }))]}
            onChange={(channel) => set(index, { channel: channel || undefined })}
            style={{ width: 116 }}
            aria-label={t('message.set.allChannels')}
          />
          <Select
            size="small"
            value={cap.purpose ?? ''}
            options={[
              { value: '', label: t('message.set.allPurposes') },
              ...purposes
                .filter((one) => one.kind !== 'transactional' && (!one.retired || one.key === cap.purpose))
                .map((one) => ({ value: one.key, label: named(one.name, one.key) })),
            ]}
            onChange={(purpose) => set(index, { purpose: purpose || undefined })}
            style={{ width: 128 }}
            aria-label={t('message.set.allPurposes')}
          />
          {t('message.set.capLine')}
          <InputNumber
            min={1}
            max={90}
            precision={0}
            value={cap.days}
            onChange={(days) => days && set(index, { days })}
            style={{ width: 64 }}
          />
          {t('common.days')} {t('message.set.capMost')}
          <InputNumber
            min={0}
            max={10_000}
            precision={0}
            value={cap.messages}
            onChange={(messages) => messages !== null && set(index, { messages })}
            style={{ width: 72 }}
          />
          {t('message.set.capUnit')}
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('common.delete')}
            onClick={() => onChange(caps.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {!caps.length && <span className="warn small">{t('message.set.noCaps')}</span>}
      {caps.length < 20 && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            onChange([
              ...caps,
              { messages: 1, days: [1, 7, 30, 60, 90].find((days) => !caps.some((cap) => scopeOf(cap) === `${days}  `)) ?? 2 },
            ])
          }
          data-testid="add-cap"
        >
          {t('message.set.addCap')}
        </Button>
      )}
    </div>
  );
}
