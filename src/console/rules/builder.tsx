import { CopyOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown, Segmented, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { LeafEditor } from './leaf-editor.tsx';
import { emptyGroup, emptyLeaf, freshId, type GroupState, type LeafKind, type NodeState } from './state.ts';
import './builder.css';

const KINDS: LeafKind[] = ['event', 'sequence', 'trait', 'tag', 'stage', 'tier', 'level', 'audience'];

function copyOf(node: NodeState): NodeState {
  if (node.kind === 'group') return { ...node, id: freshId(), children: node.children.map(copyOf) };
  if (node.kind === 'event') return { ...node, id: freshId(), where: node.where.map((one) => ({ ...one, id: freshId() })) };
  if (node.kind === 'sequence') return { ...node, id: freshId(), steps: node.steps.map((one) => ({ ...one, id: freshId() })) };
  return { ...node, id: freshId() };
}

function AddMenu({ onAdd, root }: { onAdd: (node: NodeState) => void; root: boolean }) {
  const { t } = useTranslation();
  const items = KINDS.map((kind) => ({
    key: kind,
    label: (
      <div data-testid={`add-${kind}`}>
        {t(`rule.kind.${kind}`)} <span className="soft small">{t(`rule.kindHint.${kind}`)}</span>
      </div>
    ),
  }));
  return (
    <div className="row wrap">
      <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => onAdd(emptyLeaf(key as LeafKind)) }}>
        <Button size="small" type={root ? 'primary' : 'default'} ghost={root} icon={<PlusOutlined />} data-testid="add-condition">
          {t('rule.addCondition')}
        </Button>
      </Dropdown>
      <Button size="small" type="text" icon={<PlusOutlined />} onClick={() => onAdd(emptyGroup('any', []))} data-testid="add-group">
        {t('rule.addGroup')}
      </Button>
    </div>
  );
}

interface GroupProps {
  state: GroupState;
  onChange: (state: GroupState) => void;
  root?: boolean;
}

function Tools({
  node,
  onChange,
  onCopy,
  onRemove,
}: {
  node: NodeState;
  onChange: (node: NodeState) => void;
  onCopy: () => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  return (
    <span className="row rule-tools" style={{ gap: 0 }}>
      <Tag.CheckableTag
        checked={Boolean(node.negate)}
        onChange={(negate) => onChange({ ...node, negate: negate || undefined })}
        data-testid="negate"
      >
        {t('rule.negate')}
      </Tag.CheckableTag>
      <Tooltip title={t('rule.duplicate')}>
        <Button type="text" size="small" icon={<CopyOutlined />} aria-label={t('rule.duplicate')} onClick={onCopy} />
      </Tooltip>
      <Tooltip title={t('rule.removeIt')}>
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={t('rule.removeIt')}
          onClick={onRemove}
          data-testid="remove-condition"
        />
      </Tooltip>
    </span>
  );
}

/** A rule as nested groups of conditions. It holds no state of its own. */
export function RuleBuilder({ state, onChange, root = true }: GroupProps) {
  const { t } = useTranslation();
  const set = (index: number, child: NodeState) =>
    onChange({ ...state, children: state.children.map((one, at) => (at === index ? child : one)) });
  const drop = (index: number) => onChange({ ...state, children: state.children.filter((_, at) => at !== index) });
  const copy = (index: number, child: NodeState) => onChange({ ...state, children: state.children.toSpliced(index + 1, 0, copyOf(child)) });
  return (
    <div className={root ? 'rule-group root' : 'rule-group'} data-testid={root ? 'rule-builder' : 'rule-group'}>
      <div className="row wrap">
        <Segmented
          size="small"
          value={state.mode}
          onChange={(mode) => onChange({ ...state, mode: mode as 'all' | 'any' })}
          options={[
            { value: 'all', label: state.negate ? t('rule.notAll') : t('rule.all') },
            { value: 'any', label: state.negate ? t('rule.notAny') : t('rule.any') },
          ]}
        />
      </div>
      {!state.children.length && <div className="soft small">{t('rule.emptyGroup')}</div>}
      {state.children.map((child, index) => (
        <div key={child.id} className={child.kind === 'group' ? 'rule-nested' : 'rule-leaf'}>
          {child.kind === 'group' ? (
            <RuleBuilder state={child} onChange={(next) => set(index, next)} root={false} />
          ) : (
            <div className="grow stack tight">
              <span className="rule-kind">
                {child.negate && <b className="bad">{t('rule.negate')} · </b>}
                {t(`rule.kind.${child.kind}`)}
              </span>
              <LeafEditor state={child} onChange={(next) => set(index, next)} />
            </div>
          )}
          <Tools node={child} onChange={(next) => set(index, next)} onCopy={() => copy(index, child)} onRemove={() => drop(index)} />
        </div>
      ))}
      <AddMenu root={root} onAdd={(node) => onChange({ ...state, children: [...state.children, node] })} />
    </div>
  );
}
