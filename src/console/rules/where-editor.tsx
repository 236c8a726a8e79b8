import { CloseOutlined, FilterOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { FieldPicker, useEventFields } from '../ui/pickers.tsx';
import { emptyWhere, hasValue, type WhereState } from './state.ts';
import { OpPicker, sortOf, ValueInput } from './value-input.tsx';

interface WhereEditorProps {
  event: string | undefined;
  where: WhereState[];
  onChange: (where: WhereState[]) => void;
}

/** Filters on an event's own properties. Fields come from what was seen, with real values to choose from. */
export function WhereEditor({ event, where, onChange }: WhereEditorProps) {
  const { t } = useTranslation();
  const fields = useEventFields(event);
  const set = (id: string, change: Partial<WhereState>) => onChange(where.map((one) => (one.id === id ? { ...one, ...change } : one)));
  return (
    <>
      {where.map((one) => {
        const field = fields.find((candidate) => candidate.name === one.property);
        return (
          <div key={one.id} className="row wrap" style={{ gap: 6 }}>
            <span className="soft small">{t('rule.where')}</span>
            <FieldPicker
              value={one.property}
              fields={fields}
              status={one.property ? '' : 'error'}
              placeholder={t('rule.chooseProperty')}
              onChange={(property) => set(one.id, { property, value: undefined })}
            />
            <OpPicker
              value={one.op}
              sort={sortOf(field)}
              onChange={(op) =>
                set(one.id, { op, value: Array.isArray(one.value) === (op === 'in' || op === 'not in') ? one.value : undefined })
              }
            />
            <ValueInput
              op={one.op}
              value={one.value}
              field={field}
              error={Boolean(one.property) && !hasValue(one.op, one.value)}
              onChange={(value) => set(one.id, { value })}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('rule.removeIt')}
              onClick={() => onChange(where.filter((other) => other.id !== one.id))}
            />
          </div>
        );
      })}
      <div>
        <Button
          type="link"
          size="small"
          icon={<FilterOutlined />}
          style={{ padding: 0 }}
          disabled={!event}
          onClick={() => onChange([...where, emptyWhere()])}
          data-testid="add-where"
        >
          {t('rule.addWhere')}
        </Button>
      </div>
    </>
  );
}
