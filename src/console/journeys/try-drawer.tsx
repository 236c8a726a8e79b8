import { PlayCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Select, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Journey, journeys, type TryAnswer } from '../api/journeys.ts';
import { people } from '../api/people.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced, usePhone } from '../ui/hooks.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { nodeOf } from './graph.ts';
import { NODE_ICONS } from './node-card.tsx';
import { useNodeWords } from './words.ts';

function PersonSelect({ value, onChange }: { value: string | undefined; onChange: (id: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const query = useDebounced(typed);
  const { data } = useQuery({
    queryKey: ['people', 'choose', query],
    queryFn: () => people.list({ ...(query ? { query } : {}), limit: 20 }),
  });
  return (
    <Select
      value={value}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t('journey.tryWho')}
      onChange={onChange}
      style={{ width: '100%' }}
      options={(data?.items ?? []).map((one) => ({ value: one.id, label: one.traits.name ? `${one.traits.name} · ${one.id}` : one.id }))}
      data-testid="try-person"
    />
  );
}

function Steps({
  journey,
  answer,
  choices,
  choose,
}: {
  journey: Journey;
  answer: TryAnswer;
  choices: Record<string, string>;
  choose: (node: string, branch: string | undefined) => void;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { title, gist, wayName } = useNodeWords();
  return (
    <Timeline
      data-testid="try-steps"
      items={answer.steps
        .map((step, at) => {
          const node = nodeOf(journey.graph, step.node);
          return {
            key: `${at}`,
            icon: node && NODE_ICONS[node.type],
            content: (
              <div className="stack tight">
                <span className="row wrap between">
                  <b>{node ? title(node) : step.node}</b> <span className="soft small num">{format.time(step.at)}</span>
                </span>
                {node && <span className="small">{gist(node)}</span>}
                <span className="soft small">{i18n.language === 'en' ? step.why.en : step.why.zh}</span>
                {step.text && (
                  <div style={{ whiteSpace: 'pre-wrap', background: 'var(--wash)', borderRadius: 8, padding: 10 }}>{step.text}</div>
                )}
                {step.choices.length > 1 && (
                  <Select
                    size="small"
                    allowClear
                    value={choices[step.node] ?? step.branch ?? undefined}
                    onChange={(branch?: string) => choose(step.node, branch)}
                    options={step.choices.map((branch) => ({ value: branch, label: wayName(node, branch) }))}
                    style={{ width: 200 }}
                  />
                )}
              </div>
            ),
          };
        })
        .concat([{ key: 'end', icon: undefined, content: <div className="soft">{t(`journey.tryEnd.${answer.end}`)}</div> }])}
    />
  );
}

/** The way that one person would go, step by step and why; nothing is written and nothing is sent. */
export function TryDrawer({ journey, dirty }: { journey: Journey; dirty: boolean }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  const [person, setPerson] = useState<string>();
  const [choices, setChoices] = useState<Record<string, string>>({});
  const query = useQuery({
    queryKey: ['journeys', journey.id, 'try', journey.updatedAt, person, choices],
    queryFn: () => journeys.try(journey.id, { personId: person as string, choices }),
    enabled: open && person !== undefined,
    retry: false,
    gcTime: 0,
  });
  const choose = (node: string, branch: string | undefined) => {
    const { [node]: _, ...others } = choices;
    setChoices(branch ? { ...others, [node]: branch } : others);
  };
  return (
    <>
      <Button
        icon={<PlayCircleOutlined />}
        onClick={() => setOpen(true)}
        disabled={dirty}
        title={dirty ? t('journey.unsaved') : undefined}
        data-testid="try"
      >
        {t('journey.try')}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t('journey.try')}
        size={phone ? '85%' : 460}
        placement={phone ? 'bottom' : 'right'}
        data-testid="try-drawer"
      >
        <div className="stack">
          <span className="soft small">{t('journey.tryHint')}</span>
          <PersonSelect value={person} onChange={setPerson} />
          {query.isFetching && <Loading />}
          {query.isError && <ProblemView error={query.error} />}
          {query.data && !query.isFetching && <Steps journey={journey} answer={query.data} choices={choices} choose={choose} />}
        </div>
      </Drawer>
    </>
  );
}
