import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Card, Input, InputNumber, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Definition } from '../api/experiments.ts';

/** The arms, their shares, and which of them is the control. Those of a split are the journey's. */
export function ArmsForm({ definition: d, onChange }: { definition: Definition; onChange: (change: Partial<Definition>) => void }) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t('experiment.arms')}>
      <Radio.Group value={d.control} onChange={(e) => onChange({ control: e.target.value })} style={{ display: 'block' }}>
        <div className="stack tight">
          {d.arms.map((arm, i) => {
            const change = (next: Partial<typeof arm>) => onChange({ arms: d.arms.map((one, j) => (j === i ? { ...one, ...next } : one)) });
            return (
              <div key={arm.key} className="row wrap" style={{ gap: 8 }}>
                <Input
                  value={arm.name}
                  maxLength={120}
                  style={{ width: 220 }}
                  aria-label={t('experiment.armName')}
                  onChange={(e) => change({ name: e.target.value })}
                />
                <InputNumber
                  value={arm.weight}
                  min={1}
                  max={1000}
                  style={{ width: 130 }}
                  disabled={d.on.kind === 'journey'}
                  prefix={<span className="soft small">{t('experiment.share')}</span>}
                  onChange={(weight) => change({ weight: weight ?? 1 })}
                />
                <Radio value={arm.key}>{t('experiment.control')}</Radio>
                {d.arms.length > 2 && d.on.kind !== 'journey' && (
                  <Button
                    type="text"
                    icon={<CloseOutlined />}
                    aria-label={t('experiment.removeArm')}
                    onClick={() => {
                      const arms = d.arms.filter((one) => one.key !== arm.key);
                      onChange({ arms, control: d.control === arm.key ? arms[0]!.key : d.control });
                    }}
                  />
                )}
              </div>
            );
          })}
        </div>
      </Radio.Group>
      {d.arms.length < 10 && d.on.kind !== 'journey' && (
        <Button
          type="link"
          icon={<PlusOutlined />}
          style={{ padding: 0 }}
          onClick={() => {
            const key = [...'abcdefghijklmnop'].find((letter) => !d.arms.some((a) => a.key === letter))!;
            onChange({ arms: [...d.arms, { key, name: key.toUpperCase(), weight: d.arms[0]!.weight }] });
          }}
        >
          {t('experiment.addArm')}
        </Button>
      )}
    </Card>
  );
}
