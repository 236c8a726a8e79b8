import { DeleteOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RowDraft } from '../api/sop.ts';
import { useChannels } from '../journeys/faults.ts';
import { RuleField } from '../journeys/happening-field.tsx';
import { useContents } from '../ui/pickers.tsx';

interface Props {
  row: RowDraft;
  editable: boolean;
  problems: string[];
  onChange: (row: RowDraft) => void;
  remove: (() => void) | undefined;
}

/** One message: when, over which channel, what, and for whom. */
export function RowForm({ row, editable, problems, onChange, remove }: Props) {
  const { t } = useTranslation();
  const ways = useChannels();
  const contents = useContents();
  const [writing, setWriting] = useState(row.contentId === null);
  const some = row.rule !== null && row.rule !== undefined;
  const [only, setOnly] = useState(some);
  const kinds = [...new Set([...ways.map((one) => one.key as string), row.channel])];
  const body = contents.data?.items.find((one) => one.id === row.contentId)?.body;
  return (
    <fieldset className="srow stack tight" disabled={!editable} style={{ margin: 0, minWidth: 0 }} data-testid="sop-row">
      <div className="row wrap">
        <InputNumber
          prefix="D"
          min={0}
          max={366}
          precision={0}
          value={row.day}
          style={{ width: 84 }}
          aria-label={t('sop.dayOf')}
          onChange={(day) => day !== null && onChange({ ...row, day })}
        />
        <Input
          type="time"
          value={row.at}
          style={{ width: 124 }}
          aria-label={t('sop.timeOf')}
          onChange={({ target }) => target.value && onChange({ ...row, at: target.value })}
        />
        {row.day === 0 && row.at === '00:00' && <span className="soft small">{t('sop.atOnce')}</span>}
        <Select
          value={row.channel}
          style={{ minWidth: 124 }}
          onChange={(channel) => onChange({ ...row, channel })}
          options={kinds.map((one) => ({ value: one, label: t(`common.channel.${one}`) }))}
        />
        <Input
          value={row.name ?? ''}
          maxLength={60}
          style={{ flex: '1 1 110px', maxWidth: 200 }}
          placeholder={t('common.name')}
          onChange={({ target }) => onChange({ ...row, name: target.value })}
        />
        {remove && <Button type="text" icon={<DeleteOutlined />} aria-label={t('sop.remove')} onClick={remove} />}
      </div>
      {problems.map((one) => (
        <span key={one} className="bad small">
          {one}
        </span>
      ))}
      <div className="row wrap">
        <Segmented
          size="small"
          value={writing ? 'write' : 'choose'}
          onChange={(next) => {
            setWriting(next === 'write');
            onChange({ ...row, text: '' });
          }}
          options={['write', 'choose'].map((one) => ({ value: one, label: t(`sop.${one}`) }))}
        />
        {!writing && (
          <Select
            value={row.contentId ?? undefined}
            showSearch={{ optionFilterProp: 'label' }}
            style={{ flex: '1 1 200px', minWidth: 0 }}
            placeholder={t('journey.chooseContent')}
            onChange={(contentId) => onChange({ ...row, contentId })}
            options={[
              { value: 'auto', label: t('journey.auto') },
              ...(contents.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        )}
      </div>
      {writing ? (
        <Input.TextArea
          value={row.text ?? ''}
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={4000}
          placeholder={t('sop.words', { open: '{{', close: '}}' })}
          onChange={({ target }) => onChange({ ...row, text: target.value })}
          data-testid="sop-text"
        />
      ) : (
        body && (
          <Link to={`/content/${row.contentId}`} style={{ color: 'inherit' }}>
            <div style={{ whiteSpace: 'pre-wrap', background: 'var(--wash)', borderRadius: 8, padding: 10 }}>{body}</div>
          </Link>
        )
      )}
      <div className="row wrap small">
        <span className="soft">{t('sop.only')}</span>
        <Segmented
          size="small"
          value={only ? 'some' : 'all'}
          onChange={(next) => {
            setOnly(next === 'some');
            if (next === 'all') onChange({ ...row, rule: null });
          }}
          options={[
            { value: 'all', label: t('sop.onlyAll') },
            { value: 'some', label: t('sop.onlySome') },
          ]}
        />
        {only && <span className="soft">{t('sop.conditionOf')}</span>}
      </div>
      {only && <RuleField rule={row.rule ?? undefined} onChange={(rule) => onChange({ ...row, rule: rule ?? null })} />}
    </fieldset>
  );
}
