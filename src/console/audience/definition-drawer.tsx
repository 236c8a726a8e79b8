import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Definition, definitions, type LadderKind, type TagAbout, type TagDefinition } from '../api/audiences.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import { LiveSize } from '../rules/live-size.tsx';
import { unfinished } from '../rules/state.ts';
import { usePhone } from '../ui/hooks.ts';
import { DEFINITIONS_KEY, useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { FlowPreview } from './flow-preview.tsx';
import { TagAboutFields } from './tag-about.tsx';

export type Editing = { kind: LadderKind; item: Definition } | { kind: 'tags'; item?: TagDefinition };

const KEY = /^[a-z][a-z0-9_]*$/;

function DefinitionForm({ editing, all, onClose }: { editing: Editing; all: Definition[]; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const { item } = editing;
  const [key, setKey] = useState(item?.key ?? '');
  const [name, setName] = useState(item?.name ?? { zh: '', en: '' });
  const [byRule, setByRule] = useState(editing.kind !== 'tags' || !item || item.rule !== null);
  const [about, setAbout] = useState<TagAbout>((item as TagDefinition | undefined)?.about ?? {});
  const [state, setState] = useState(() => fromRule(item?.rule));
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const rule = toRule(state);
  const isTag = editing.kind === 'tags';
  // On a ladder no condition means everybody; a tag that everybody has says nothing.
  const complete = name.zh.trim() && name.en.trim() && (item || KEY.test(key)) && (!isTag || !byRule || rule) && unfinished(state) === 0;

  const changed = all.map((one) => (one.key === item?.key ? { ...one, name, rule: rule ?? { all: [] } } : one));

  const save = async () => {
    setTried(true);
    if (!complete) return;
    setBusy(true);
    setFailed(undefined);
    try {
      if (isTag) {
        const { values: _values, expiresAfterDays: _days, model: _model, ...ofRules } = about;
        const body = { name, rule: byRule && rule ? rule : null, about: byRule ? ofRules : about };
        await (item ? definitions.changeTag((item as TagDefinition).id, body) : definitions.addTag({ key, ...body }));
      } else {
        await definitions.put(
          editing.kind as LadderKind,
          changed.map((one) => ({ key: one.key, name: one.name, rule: one.rule ?? { all: [] } })),
        );
      }
      await client.invalidateQueries({ queryKey: DEFINITIONS_KEY });
      say.done(t('audience.def.savedRecompute'));
      onClose();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  };

  return (
    <div className="stack loose">
      <Form layout="vertical" component="div" className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        {!item && (
          <Form.Item
            label={t('audience.def.key')}
            validateStatus={key && !KEY.test(key) ? 'error' : ''}
            help={key && !KEY.test(key) ? t('audience.def.keyBad') : undefined}
          >
            <Input value={key} maxLength={60} onChange={(event) => setKey(event.target.value)} data-testid="tag-key" />
          </Form.Item>
        )}
        <Form.Item label={t('audience.def.nameZh')} validateStatus={tried && !name.zh.trim() ? 'error' : ''}>
          <Input
            value={name.zh}
            maxLength={60}
            onChange={(event) => setName({ ...name, zh: event.target.value })}
            data-testid="definition-zh"
          />
        </Form.Item>
        <Form.Item label={t('audience.def.nameEn')} validateStatus={tried && !name.en.trim() ? 'error' : ''}>
          <Input
            value={name.en}
            maxLength={60}
            onChange={(event) => setName({ ...name, en: event.target.value })}
            data-testid="definition-en"
          />
        </Form.Item>
        {isTag && (
          <Form.Item label={t('audience.def.withRule')}>
            <Switch checked={byRule} onChange={setByRule} data-testid="tag-by-rule" />
          </Form.Item>
        )}
      </Form>
      {byRule && (
        <>
          <RuleBuilder state={state} onChange={setState} />
          <LiveSize rule={rule} unfinished={unfinished(state)} />
        </>
      )}
      {isTag ? (
        <TagAboutFields
          about={about}
          byRule={byRule}
          groups={[...new Set(all.flatMap((one) => (one as TagDefinition).about?.group ?? []))]}
          onChange={setAbout}
        />
      ) : (
        unfinished(state) === 0 && <FlowPreview kind={editing.kind as LadderKind} items={changed} old={all} />
      )}
      {failed !== undefined && <ProblemView error={failed} />}
      <div className="row wrap">
        <Button type="primary" loading={busy} onClick={save} data-testid="save-definition">
          {t('common.save')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        {tried && !complete && <span className="bad small">{t('audience.needRule')}</span>}
      </div>
    </div>
  );
}

export function DefinitionDrawer({ editing, all, onClose }: { editing: Editing | undefined; all: Definition[]; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { named } = useLabels();
  const title = editing?.item ? t('audience.def.edit', { name: named(editing.item.name, editing.item.key) }) : t('audience.def.newTag');
  return (
    <Drawer
      open={editing !== undefined}
      onClose={onClose}
      size={phone ? '100%' : 860}
      destroyOnHidden
      title={title}
      data-testid="definition-drawer"
    >
      {editing && <DefinitionForm editing={editing} all={all} onClose={onClose} />}
    </Drawer>
  );
}
