import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Collapse, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Definition, definitions, type LadderKind } from '../api/audiences.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import { describeRule } from '../rules/describe.ts';
import { type GroupState, unfinished } from '../rules/state.ts';
import { useWords } from '../rules/words.ts';
import { usePhone } from '../ui/hooks.ts';
import { DEFINITIONS_KEY, useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { FlowPreview } from './flow-preview.tsx';

interface Item {
  key: string;
  zh: string;
  en: string;
  state: GroupState;
}
const KEY = /^[a-z][a-z0-9_]*$/;

/** Stages, tiers or levels as a whole: their order, their rules, new ones; with who would move, before it is saved. */
export function OrderedEditor({ kind, old, onClose }: { kind: LadderKind; old: Definition[]; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const client = useQueryClient();
  const say = useSay();
  const words = useWords();
  const { named } = useLabels();
  const [items, setItems] = useState<Item[]>(() =>
    old.map((one) => ({ key: one.key, zh: one.name.zh, en: one.name.en, state: fromRule(one.rule) })),
  );
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const change = (at: number, part: Partial<Item>) => setItems(items.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const move = (at: number, by: number) => {
    const next = [...items];
    const [one] = next.splice(at, 1);
    next.splice(at + by, 0, one as Item);
    setItems(next);
  };
  const made: Definition[] = items.map((one) => ({
    key: one.key,
    name: { zh: one.zh, en: one.en },
    rule: toRule(one.state) ?? { all: [] },
  }));
  const keys = items.map((one) => one.key);
  const complete =
    items.length > 0 &&
    items.every((one) => one.zh.trim() && one.en.trim() && KEY.test(one.key) && unfinished(one.state) === 0) &&
    new Set(keys).size === keys.length;
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      await definitions.put(kind, made);
      await client.invalidateQueries({ queryKey: DEFINITIONS_KEY });
      await client.invalidateQueries({ queryKey: ['versions'] });
      say.done(t('audience.def.savedRecompute'));
      onClose();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  };
  const tools = (i: number) => (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click on a tool from opening the item
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tools are buttons of their own
    <span className="row" style={{ gap: 0 }} onClick={(event) => event.stopPropagation()}>
      <Button
        type="text"
        size="small"
        icon={<ArrowUpOutlined />}
        disabled={i === 0}
        onClick={() => move(i, -1)}
        aria-label={t('audience.ordered.up')}
      />
      <Button
        type="text"
        size="small"
        icon={<ArrowDownOutlined />}
        disabled={i === items.length - 1}
        onClick={() => move(i, 1)}
        aria-label={t('audience.ordered.down')}
      />
      <Button
        type="text"
        size="small"
        danger
        icon={<DeleteOutlined />}
        disabled={items.length === 1}
        onClick={() => setItems(items.filter((_, n) => n !== i))}
        aria-label={t('common.delete')}
      />
    </span>
  );
  return (
    <Drawer open onClose={onClose} size={phone ? '100%' : 900} title={t('audience.ordered.edit')} data-testid="ordered-editor">
      <div className="stack loose">
        <span className="soft small">{t('audience.ordered.hint')}</span>
        <Collapse
          size="small"
          items={items.map((one, i) => ({
            key: String(i),
            label: (
              <span>
                <b>{named({ zh: one.zh, en: one.en }, one.key) || t('audience.ordered.unnamed')}</b>{' '}
                <span className="soft small">{describeRule(toRule(one.state) ?? { all: [] }, words)}</span>
              </span>
            ),
            extra: tools(i),
            children: (
              <div className="stack">
                <div className="row wrap">
                  <Input
                    style={{ width: 150 }}
                    value={one.key}
                    disabled={old.some((was) => was.key === one.key)}
                    status={KEY.test(one.key) ? '' : 'error'}
                    placeholder={t('audience.def.key')}
                    onChange={(event) => change(i, { key: event.target.value })}
                  />
                  <Input
                    style={{ width: 160 }}
                    value={one.zh}
                    status={one.zh.trim() ? '' : 'error'}
                    placeholder={t('audience.def.nameZh')}
                    onChange={(event) => change(i, { zh: event.target.value })}
                  />
                  <Input
                    style={{ width: 180 }}
                    value={one.en}
                    status={one.en.trim() ? '' : 'error'}
                    placeholder={t('audience.def.nameEn')}
                    onChange={(event) => change(i, { en: event.target.value })}
                  />
                </div>
                <RuleBuilder state={one.state} onChange={(state) => change(i, { state })} />
              </div>
            ),
          }))}
        />
        <Button
          icon={<PlusOutlined />}
          onClick={() => setItems([...items, { key: '', zh: '', en: '', state: fromRule(undefined) }])}
          data-testid="add-item"
        >
          {t('audience.ordered.add')}
        </Button>
        {complete && <FlowPreview kind={kind} items={made} old={old} />}
        {failed !== undefined && <ProblemView error={failed} />}
        <div className="row wrap">
          <Button type="primary" disabled={!complete} loading={busy} onClick={save} data-testid="save-ordered">
            {t('common.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </div>
      </div>
    </Drawer>
  );
}
