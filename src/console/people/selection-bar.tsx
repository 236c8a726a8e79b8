import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';
import { TagPeople } from '../ui/tag-people.tsx';

export function SelectionBar({ ids, onClear }: { ids: string[]; onClear: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!ids.length) return null;
  return (
    <div className="row wrap" style={{ padding: '8px 12px', background: 'var(--wash)', borderRadius: 8 }} data-testid="selection-bar">
      <b className="num">{t('common.selected', { n: format.number(ids.length) })}</b>
      <TagPeople ids={ids} onDone={onClear} size="small" />
      <Button size="small" type="text" onClick={onClear}>
        {t('people.clearSelection')}
      </Button>
    </div>
  );
}
