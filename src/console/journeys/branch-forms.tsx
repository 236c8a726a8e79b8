import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeOf } from '../api/journeys.ts';
import type { Rule } from '../api/rule.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import type { GroupState } from '../rules/state.ts';
import { addBranch, type Branching } from './graph.ts';

type BranchNode = NodeOf<'branch'>;
type SplitNode = NodeOf<'split'>;
type BanditNode = NodeOf<'bandit'>;

interface FormProps<T> {
  node: T;
  onChange: (node: T) => void;
}

/** What a branch is called, and the way to take it out while enough are left. */
function BranchName<T extends Branching>({
  node,
  of,
  least,
  onChange,
  children,
}: FormProps<T> & { of: string; least: number; children?: ReactNode }) {
  const { t } = useTranslation();
  const turned = (branches: Branching['branches']) => onChange({ ...node, branches } as T);
  return (
    <>
      <Input
        value={node.branches.find((one) => one.key === of)?.name}
        maxLength={60}
        placeholder={t('journey.branchName')}
        onChange={({ target: { value: name } }) => turned(node.branches.map((one) => (one.key === of ? { ...one, name } : one)))}
      />
      {children}
      {node.branches.length > least && (
        <Button
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t('common.delete')}
          onClick={() => turned(node.branches.filter((one) => one.key !== of))}
        />
      )}
    </>
  );
}

export function BranchForm({ node, onChange }: FormProps<BranchNode>) {
  const { t } = useTranslation();
  const [states, setStates] = useState<Record<string, GroupState>>(() =>
    Object.fromEntries(node.branches.map((one) => [one.key, fromRule(one.rule as Rule | undefined)])),
  );
  const set = (key: string, change: Partial<BranchNode['branches'][number]>) =>
    onChange({ ...node, branches: node.branches.map((one) => (one.key === key ? { ...one, ...change } : one)) });
  return (
    <div className="stack loose">
      <span className="soft small">{t('journey.branchOrder')}</span>
      {node.branches.map((one) => (
        <div key={one.key} className="stack tight" data-testid={`branch-${one.key}`}>
          <div className="row">
            <BranchName node={node} of={one.key} least={1} onChange={onChange} />
          </div>
          <RuleBuilder
            state={states[one.key] ?? fromRule(one.rule as Rule | undefined)}
            onChange={(state) => {
              setStates({ ...states, [one.key]: state });
              set(one.key, { rule: toRule(state) });
            }}
          />
        </div>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() => onChange(addBranch(node))}
        disabled={node.branches.length >= 20}
        data-testid="add-branch"
      >
        {t('journey.addBranch')}
      </Button>
    </div>
  );
}

export function SplitForm({ node, onChange }: FormProps<SplitNode>) {
  const { t } = useTranslation();
  const sum = node.branches.reduce((total, one) => total + one.weight, 0);
  const set = (key: string, change: Partial<SplitNode['branches'][number]>) =>
    onChange({ ...node, branches: node.branches.map((one) => (one.key === key ? { ...one, ...change } : one)) });
  const even = () => {
    const share = Math.floor(100 / node.branches.length);
    onChange({
      ...node,
      branches: node.branches.map((one, at) => ({ ...one, weight: at === 0 ? 100 - share * (node.branches.length - 1) : share })),
    });
  };
  return (
    <div className="stack">
      {node.branches.map((one) => (
        <div key={one.key} className="row">
          <BranchName node={node} of={one.key} least={2} onChange={onChange}>
            <InputNumber
              min={0}
              max={100}
              value={one.weight}
              suffix="%"
              onChange={(weight) => set(one.key, { weight: weight ?? 0 })}
              style={{ width: 110 }}
              data-testid={`weight-${one.key}`}
            />
          </BranchName>
        </div>
      ))}
      {Math.abs(sum - 100) > 0.001 && <span className="bad small">{t('journey.weightSum', { n: sum })}</span>}
      <div className="row wrap">
        <Button icon={<PlusOutlined />} onClick={() => onChange(addBranch(node))} data-testid="add-branch">
          {t('journey.addBranch')}
        </Button>
        <Button type="text" onClick={even}>
          {t('journey.even')}
        </Button>
      </div>
    </div>
  );
}

/** Branches whose shares follow what the goal says. */
export function BanditForm({ node, onChange }: FormProps<BanditNode>) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <span className="soft small">{t('journey.banditHint')}</span>
      {node.branches.map((one) => (
        <div key={one.key} className="row">
          <BranchName node={node} of={one.key} least={2} onChange={onChange} />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => onChange(addBranch(node))} data-testid="add-branch">
        {t('journey.addBranch')}
      </Button>
      <span className="row wrap">
        {t('journey.floor')}
        <InputNumber
          min={0}
          max={50}
          value={node.floor ?? 10}
          suffix="%"
          onChange={(floor) => onChange({ ...node, floor: floor ?? 0 })}
          style={{ width: 110 }}
        />
      </span>
    </div>
  );
}
