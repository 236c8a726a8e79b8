import { DeleteOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Progress, Select, Switch, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Code, Target, TargetView } from '../api/touchpoints.ts';
import { Hint } from '../ui/page.tsx';

const KINDS = ['group', 'staff', 'url', 'oa', 'mini'] as const;

interface Props {
  target: Target;
  view: TargetView | undefined;
  strategy: Code['strategy'];
  onChange: (change: Partial<Target>) => void;
  onRemove: () => void;
}

export function TargetRow({ target, view, strategy, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const words = (values: string[] | undefined, field: 'chatIds' | 'userIds' | 'regions', placeholder: string, most?: number) => (
    <Select
      mode="tags"
      open={false}
      tokenSeparators={[',', ' ', '，']}
      {...(most ? { maxCount: most } : {})}
      value={values ?? []}
      placeholder={placeholder}
      onChange={(next: string[]) => onChange({ [field]: next.length > 0 || field === 'regions' ? next : undefined })}
      style={{ minWidth: 180, flex: 1 }}
    />
  );
  const left = view?.cap == null ? null : Math.min(100, Math.round((100 * Math.max(view.taken, view.members)) / view.cap));
  return (
    <div
      className="stack tight"
      style={{ padding: 10, border: '1px solid var(--line)', borderRadius: 8 }}
      data-testid={`target-${target.no}`}
    >
      <div className="row wrap">
        <span className="soft num">#{target.no}</span>
        <Select
          value={target.kind}
          onChange={(kind) => onChange({ kind })}
          options={KINDS.map((one) => ({ value: one, label: t(`touchpoint.live.targetKinds.${one}`) }))}
          style={{ width: 110 }}
        />
        <Input
          value={target.name}
          maxLength={60}
          placeholder={t('common.name')}
          onChange={(event) => onChange({ name: event.target.value })}
          style={{ flex: 1, minWidth: 120 }}
          data-testid={`target-name-${target.no}`}
        />
        {view && (
          <Tag color={view.state === 'ready' ? 'success' : view.state === 'pooled' ? 'processing' : 'default'}>
            {t(`touchpoint.live.${view.state}`)}
          </Tag>
        )}
        <Switch size="small" checked={!target.off} onChange={(on) => onChange({ off: !on })} />
        <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('common.delete')} onClick={onRemove} />
      </div>
      <div className="row wrap">
        {target.kind === 'url' && (
          <Input
            value={target.url ?? ''}
            placeholder="https://"
            onChange={(event) => onChange({ url: event.target.value.trim() })}
            style={{ flex: 1, minWidth: 200 }}
            data-testid={`target-url-${target.no}`}
          />
        )}
        {target.kind === 'group' && words(target.chatIds, 'chatIds', t('touchpoint.chatIds'), 5)}
        {target.kind === 'staff' && words(target.userIds, 'userIds', t('touchpoint.userIds'))}
        {target.kind === 'mini' && (
          <Input
            value={target.page ?? ''}
            placeholder={t('touchpoint.page')}
            onChange={(event) => onChange({ page: event.target.value.trim() || undefined })}
            style={{ flex: 1 }}
          />
        )}
        {target.kind !== 'url' && (
          <Input
            value={target.content ?? ''}
            placeholder={t('touchpoint.live.known')}
            onChange={(event) => onChange({ content: event.target.value.trim() || undefined })}
            style={{ flex: 1, minWidth: 180 }}
            data-testid={`target-content-${target.no}`}
          />
        )}
      </div>
      <div className="row wrap">
        <span className="soft small">{t('touchpoint.live.cap')}</span>
        <InputNumber
          size="small"
          min={1}
          value={target.cap ?? null}
          placeholder={target.kind === 'group' ? String(190 * Math.max(1, target.chatIds?.length ?? 1)) : '∞'}
          onChange={(cap) => onChange({ cap })}
          style={{ width: 80 }}
        />
        {target.kind === 'group' && <Hint text={t('touchpoint.live.capHint')} />}
        {strategy === 'weight' && (
          <>
            <span className="soft small">{t('touchpoint.live.weight')}</span>
            <InputNumber
              size="small"
              min={0}
              value={target.weight}
              onChange={(weight) => onChange({ weight: weight ?? 0 })}
              style={{ width: 70 }}
            />
          </>
        )}
        {strategy === 'region' && words(target.regions, 'regions', t('touchpoint.live.regionsHint'))}
        {view && left !== null && (
          <span className="row grow" style={{ minWidth: 160 }}>
            <Progress percent={left} size="small" status={left >= 100 ? 'exception' : 'normal'} showInfo={false} style={{ margin: 0 }} />
            <span className="small num" style={{ whiteSpace: 'nowrap' }}>
              {Math.max(view.taken, view.members)} / {view.cap}
            </span>
          </span>
        )}
      </div>
      {view?.fault && <span className="small bad">{view.fault}</span>}
    </div>
  );
}
