import { FolderOutlined, PauseOutlined, PlayCircleOutlined, RocketOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm, Radio, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Journey, JourneyAction } from '../api/journeys.ts';
import { journeys } from '../api/journeys.ts';
import { NeedsApproval, useSendAsk } from '../reach/approval-ask.tsx';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { useEntryCount, useForecast } from './forecast.tsx';
import { entriesOf } from './graph.ts';
import { LaunchWarnings, useForesight } from './launch-warnings.tsx';
import { triggerOf, useNodeWords } from './words.ts';

/** Launching shows what will happen first; pausing and resuming can be undone; archiving asks. */
export function JourneyActions({ journey, faults, dirty }: { journey: Journey; faults: number; dirty: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const { gist } = useNodeWords();
  const [busy, setBusy] = useState<JourneyAction>();
  const entries = entriesOf(journey.graph);
  // Who is in an audience already may come in at once: that is asked of the entry by coming into it.
  const entry = entries.find((one) => triggerOf(one) === 'audience' && one.on !== 'exit') ?? entries[0];
  const ofMembers = entry && triggerOf(entry) === 'audience' && entry.on !== 'exit';
  const forecast = useForecast(entry);
  const format = useFormat();
  const members = useEntryCount(entry);
  // Who is in the audience already: the operator decides at the launch; the entry may say what is usual.
  const [chosen, setChosen] = useState<boolean>();
  const existing = chosen ?? entry?.existing ?? false;
  const approval = useForesight(journey, ofMembers ? existing : false, false).data?.approval;
  const [why, setWhy] = useState('');
  const send = useSendAsk();
  const askFor = () => send({ kind: 'journey.launch', subject: journey.id, ask: ofMembers ? { existing } : {} }, why);
  const act = async (action: JourneyAction) => {
    setBusy(action);
    try {
      await journeys.act(journey.id, action, action === 'launch' && ofMembers ? { existing } : undefined);
      await client.invalidateQueries({ queryKey: ['journeys'] });
      const back: JourneyAction | undefined = action === 'pause' ? 'resume' : action === 'resume' ? 'pause' : undefined;
      if (back) undo(t(`journey.done.${action}`), () => act(back));
      else say.done(t(`journey.done.${action}`));
    } catch (error) {
      modal.error({ title: t(`journey.${action}`), content: <ProblemView error={error} />, width: 560 });
    } finally {
      setBusy(undefined);
    }
  };
  if (!may('journeys.launch')) return null;
  const { state } = journey;
  return (
    <>
      {state === 'draft' && (
        <Popconfirm
          title={t('journey.launchSure')}
          description={
            <div style={{ maxWidth: 320 }}>
              <b>{entries.map(gist).join('；')}</b>
              {ofMembers ? (
                <Radio.Group
                  value={existing}
                  onChange={(e) => setChosen(e.target.value as boolean)}
                  style={{ marginTop: 8 }}
                  data-testid="existing"
                >
                  <Space direction="vertical">
                    <Radio value={false}>{t('journey.existingNo')}</Radio>
                    <Radio value={true} data-testid="existing-yes">
                      {members === undefined ? t('journey.existingYes') : t('journey.existingYesN', { n: format.number(members) })}
                    </Radio>
                  </Space>
                </Radio.Group>
              ) : (
                <div>{forecast}</div>
              )}
              <LaunchWarnings journey={journey} existing={ofMembers ? existing : false} />
              <NeedsApproval approval={approval} onWhy={setWhy} />
            </div>
          }
          okText={t(approval?.needed ? 'approval.ask' : 'journey.launch')}
          cancelText={t('common.cancel')}
          disabled={faults > 0 || dirty}
          okButtonProps={{ 'data-testid': 'confirm-launch', disabled: approval?.needed === true && approval.waiting !== null }}
          onConfirm={() => (approval?.needed ? askFor() : act('launch'))}
        >
          <Button
            type="primary"
            icon={<RocketOutlined />}
            loading={busy === 'launch'}
            disabled={faults > 0 || dirty}
            title={faults ? t('journey.launchFix', { n: faults }) : dirty ? t('journey.unsaved') : undefined}
            data-testid="launch"
          >
            {t('journey.launch')}
          </Button>
        </Popconfirm>
      )}
      {state === 'running' && (
        <Button icon={<PauseOutlined />} loading={busy === 'pause'} onClick={() => act('pause')} data-testid="pause">
          {t('journey.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button type="primary" icon={<PlayCircleOutlined />} loading={busy === 'resume'} onClick={() => act('resume')} data-testid="resume">
          {t('journey.resume')}
        </Button>
      )}
      {state !== 'archived' && (
        <Popconfirm
          title={t('journey.archive')}
          description={<div style={{ maxWidth: 300 }}>{t('journey.archiveSure')}</div>}
          okText={t('journey.archive')}
          cancelText={t('common.cancel')}
          okButtonProps={{ danger: true }}
          onConfirm={() => act('archive')}
        >
          <Button icon={<FolderOutlined />} loading={busy === 'archive'} data-testid="archive">
            {t('journey.archive')}
          </Button>
        </Popconfirm>
      )}
    </>
  );
}
