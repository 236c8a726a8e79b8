import { Button, Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTraits } from '../ui/pickers.tsx';

const FORMS = [
  '{{ person.name | default: "朋友" }}',
  '{% if person.city %}{{ person.city }}{% endif %}',
  '{{ person.points | round }}',
  '{{ person.birthday | date: "%m-%d" }}',
];

/** What a template may use; a click puts it where the cursor is. */
export function Variables({ onInsert }: { onInsert: (text: string) => void }) {
  const { t } = useTranslation();
  const { data } = useTraits();
  const simple = (data?.items ?? []).filter((one) => /^[A-Za-z_]\w*$/.test(one.name) && one.name !== 'name');
  return (
    <Card size="small" title={t('content.variables')}>
      <div className="stack">
        <span className="soft small">{t('content.variablesHint')}</span>
        <div className="row wrap" style={{ gap: 6 }}>
          {['person.name', 'link', ...simple.slice(0, 24).map((one) => `person.${one.name}`)].map((name) => (
            <button key={name} type="button" className="linklike" onClick={() => onInsert(`{{ ${name} }}`)}>
              <Tag style={{ marginInlineEnd: 0, cursor: 'pointer' }} className="mono">
                {name}
              </Tag>
            </button>
          ))}
        </div>
        <div className="stack tight">
          <span className="soft small">{t('content.filters')}</span>
          {FORMS.map((form) => (
            <Button
              key={form}
              size="small"
              type="text"
              className="mono"
              style={{ justifyContent: 'flex-start', height: 'auto', whiteSpace: 'normal', textAlign: 'left' }}
              onClick={() => onInsert(form)}
            >
              {form}
            </Button>
          ))}
        </div>
      </div>
    </Card>
  );
}
