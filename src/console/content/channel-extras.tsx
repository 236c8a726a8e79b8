import { useQuery } from '@tanstack/react-query';
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { channels } from '../api/channels.ts';
import type { VariantChannel } from '../api/content.ts';
import { FieldLines } from '../channels/template-fields.tsx';
import { useDebounced } from '../ui/hooks.ts';
import type { DraftVariant } from './draft.ts';

/** What one channel says beside words, title and picture. */
export function ChannelExtras(props: {
  channel: VariantChannel;
  own: DraftVariant | undefined;
  change: (part: Partial<DraftVariant>) => void;
}) {
  const { channel, own, change } = props;
  const { t } = useTranslation();
  if (channel === 'email')
    return (
      <Form.Item label={t('content.preheader')} extra={t('content.preheaderHint')}>
        <Input
          value={own?.preheader ?? ''}
          maxLength={200}
          onChange={(event) => change({ preheader: event.target.value || null })}
          data-testid="variant-preheader"
        />
      </Form.Item>
    );
  if (channel !== 'sms') return null;
  const template = own?.template ?? { templateId: '', fields: {} };
  return (
    <>
      <Form.Item label={t('content.smsTemplate')} extra={t('content.smsTemplateHint')}>
        <Input
          value={template.templateId}
          maxLength={40}
          placeholder="SMS_123456789"
          onChange={(event) => change({ template: { ...template, templateId: event.target.value.trim() } })}
          data-testid="variant-template"
        />
      </Form.Item>
      {template.templateId && (
        <Form.Item label={t('content.smsFields')}>
          <FieldLines
            value={template.fields}
            placeholder="name={{ person.name }}"
            testId="variant-template-fields"
            onChange={(fields) => change({ template: { ...template, fields } })}
          />
        </Form.Item>
      )}
    </>
  );
}

/** How many parts a text message is paid as, with its signature, and what that costs. */
export function SmsCount({ text, purpose }: { text: string; purpose: string }) {
  const { t } = useTranslation();
  const asked = useDebounced(JSON.stringify({ text, purpose }), 400);
  const query = useQuery({ queryKey: ['channels', 'sms', 'count', asked], queryFn: () => channels.countSms(JSON.parse(asked)) });
  if (!query.data) return null;
  const { parts, costFen, text: whole } = query.data;
  return (
    <span className="soft small num" data-testid="sms-count">
      {t('content.parts', { n: parts })}
      {costFen !== null && ` · ${t('content.partsCost', { yuan: (costFen / 100).toFixed(3) })}`}
      {whole !== text && ` · ${t('content.arrivesAs', { text: whole })}`}
    </span>
  );
}
