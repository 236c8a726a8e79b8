import { Card, DatePicker, Form, Input, InputNumber, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Touchpoint, TouchpointChange } from '../api/touchpoints.ts';
import { Define } from '../ui/page.tsx';
import { useContents } from '../ui/pickers.tsx';

/** What a touchpoint is; each field is saved when it is left. */
export function AboutCard({
  point,
  change,
  write,
}: {
  point: Touchpoint;
  change: (body: TouchpointChange) => Promise<void>;
  write: boolean;
}) {
  const { t } = useTranslation();
  const contents = useContents();
  const welcomes = point.kind === 'channel_code' || point.kind === 'live_code';
  const text = (field: 'name' | 'place' | 'owner' | 'campaign') => (
    <Form.Item key={field} label={t(field === 'name' ? 'common.name' : `touchpoint.${field}`)} style={{ marginBottom: 0 }}>
      <Input
        disabled={!write}
        defaultValue={point[field]}
        maxLength={120}
        onBlur={(event) =>
          event.target.value.trim() !== point[field] &&
          (field !== 'name' || event.target.value.trim()) &&
          change({ [field]: event.target.value.trim() })
        }
      />
    </Form.Item>
  );
  const yuan = (field: 'fixedFen' | 'perFriendFen') => (
    <Form.Item
      className="grow"
      label={t(field === 'fixedFen' ? 'touchpoint.fixedCost' : 'touchpoint.friendCost')}
      style={{ marginBottom: 0 }}
    >
      <InputNumber
        min={0}
        precision={2}
        disabled={!write}
        style={{ width: '100%' }}
        defaultValue={point.cost ? point.cost[field] / 100 : undefined}
        onBlur={(event) => {
          const fen = Math.round(Number(event.target.value || 0) * 100);
          if (fen !== (point.cost?.[field] ?? 0)) void change({ cost: { fixedFen: 0, perFriendFen: 0, ...point.cost, [field]: fen } });
        }}
      />
    </Form.Item>
  );
  return (
    <Card size="small" title={t(`touchpoint.kinds.${point.kind}`)} extra={<Tag>{t(`common.carrier.${point.carrier}`)}</Tag>}>
      <Form layout="vertical" component="div" size="small" className="stack" key={point.updatedAt}>
        {(['name', 'place', 'owner', 'campaign'] as const).map(text)}
        {welcomes && (
          <Form.Item label={t('touchpoint.welcome')} tooltip={t('touchpoint.welcomeHint')} style={{ marginBottom: 0 }}>
            <Select
              allowClear
              disabled={!write}
              value={point.entry.contentId}
              placeholder={t('touchpoint.welcomeNone')}
              options={(contents.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
              onChange={(contentId?: string) => change({ entry: { ...point.entry, contentId } })}
            />
          </Form.Item>
        )}
        <Form.Item label={t('touchpoint.tags')} style={{ marginBottom: 0 }}>
          <Select
            mode="tags"
            disabled={!write}
            value={point.tags}
            onChange={(tags: string[]) => change({ tags })}
            open={false}
            tokenSeparators={[',']}
          />
        </Form.Item>
        <div className="row">
          {yuan('fixedFen')}
          {yuan('perFriendFen')}
        </div>
        {point.kind === 'static_code' && (
          <>
            <Form.Item label={t('touchpoint.expires')} style={{ marginBottom: 0 }}>
              <DatePicker
                showTime
                disabled={!write}
                value={point.expiresAt ? dayjs(point.expiresAt) : null}
                onChange={(at) => change({ expiresAt: at ? at.toISOString() : null })}
              />
            </Form.Item>
            <Form.Item label={<Define text={t('touchpoint.membersHint')}>{t('touchpoint.members')}</Define>} style={{ marginBottom: 0 }}>
              <InputNumber
                min={0}
                disabled={!write}
                defaultValue={point.members ?? undefined}
                suffix={point.scanLimit ? `/ ${point.scanLimit}` : undefined}
                onBlur={(event) => {
                  const members = event.target.value === '' ? null : Number(event.target.value);
                  if (members !== point.members) void change({ members });
                }}
              />
            </Form.Item>
          </>
        )}
      </Form>
    </Card>
  );
}
