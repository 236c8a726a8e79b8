import { TagOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popover, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { people } from '../api/people.ts';
import { useFormat } from './format.ts';
import { useLabels } from './labels.tsx';
import { useSay, useUndo } from './undo.tsx';

/** Tags that a rule does not own can be added by hand; the way back is offered at once. */
export function TagPeople({ ids, onDone, size, label }: { ids: string[]; onDone?: () => void; size?: 'small'; label?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { definitions, named } = useLabels();
  const client = useQueryClient();
  const undo = useUndo();
  const say = useSay();
  const [open, setOpen] = useState(false);
  const choices = definitions.tags.filter((tag) => !tag.rule).map((tag) => ({ value: tag.key, label: named(tag.name, tag.key) }));
  const refresh = () => {
    for (const key of ['people', 'person', 'facets', 'definitions']) void client.invalidateQueries({ queryKey: [key] });
  };
  const add = async (key: string, label: string) => {
    setOpen(false);
    try {
      await people.tag(ids, key);
      refresh();
      undo(t('people.tagged', { n: format.number(ids.length), tag: label }), async () => {
        await people.untag(ids, key).catch(say.failed);
        refresh();
      });
      onDone?.();
    } catch (error) {
      say.failed(error);
    }
  };
  const body = choices.length ? (
    <Select
      style={{ width: 220 }}
      autoFocus
      defaultOpen
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('people.chooseTag')}
      options={choices}
      onChange={(key: string) => void add(key, choices.find((one) => one.value === key)?.label ?? key)}
      data-testid="tag-choice"
    />
  ) : (
    <div style={{ maxWidth: 240 }}>{t('people.noHandTags')}</div>
  );
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" content={body} destroyOnHidden>
      <Button size={size} icon={<TagOutlined />} disabled={!ids.length} data-testid="add-tag">
        {label ?? t('people.addTag')}
      </Button>
    </Popover>
  );
}
