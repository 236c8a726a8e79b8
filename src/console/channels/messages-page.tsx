import { MessageOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Segmented, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { policy } from '../api/access.ts';
import { MESSAGE_STATES, type Message, messages } from '../api/channels.ts';
import { journeys } from '../api/journeys.ts';
import { useMay } from '../shell/session.tsx';
import { PersonLink, Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Page } from '../ui/page.tsx';
import { MessageState, SkipReason, useReason } from './message-bits.tsx';
import { MessageCharts } from './message-charts.tsx';

const DAYS = ['7', '14', '30', '90'];

export default function MessagesPage() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useReason();
  const [read, write] = useUrl();
  const days = Number(read('days')) || 14;
  const filters = {
    state: read('state'),
    channel: read('channel'),
    journeyId: read('journeyId'),
    reason: read('reason'),
    nodeId: read('nodeId'),
  };
  const filtered = Object.values(filters).some(Boolean);
  const flows = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: may('journeys.read') });
  const rules = useQuery({ queryKey: ['policy'], queryFn: policy.get, enabled: may('policy.read') });
  const journeyName = (id?: string | null) => flows.data?.items.find((one) => one.id === id)?.name ?? id ?? '';
  const when = (one: Message) => <Time value={one.sentAt ?? one.queuedAt} />;
  const journey = (one: Message) =>
    one.journeyId && <Link to={`/journeys/${one.journeyId}?tab=results`}>{journeyName(one.journeyId)}</Link>;
  const states = (one: Message) => (
    <span className="row wrap" style={{ gap: 4 }}>
      <MessageState state={one.state} />
      {one.clickedAt && one.state !== 'clicked' && <MessageState state="clicked" />}
      <SkipReason reason={one.reason} />
    </span>
  );
  return (
    <Page
      title={t('message.title')}
      question={t('message.question')}
      testId="messages-page"
      extra={
        <Segmented
          value={String(days)}
          onChange={(next) => write({ days: next === '14' ? null : next })}
          options={DAYS.map((n) => ({ value: n, label: t('common.lastDays', { n }) }))}
        />
      }
    >
      <div className="stack loose">
        {rules.data?.paused && (
          <Alert
            type="warning"
            showIcon
            title={t('message.paused')}
            action={
              <Link to="/settings/policy">
                <Button size="small">{t('common.open')}</Button>
              </Link>
            }
          />
        )}
        <MessageCharts days={days} onState={(state) => write({ state })} onReason={(reason) => write({ reason, state: null })} />
        <div className="row wrap" data-testid="message-filters">
          <Select
            allowClear
            placeholder={t('message.allStates')}
            value={filters.state}
            onChange={(state?: string) => write({ state })}
            style={{ width: 140 }}
            options={MESSAGE_STATES.map((one) => ({ value: one, label: t(`message.state.${one}`) }))}
            data-testid="filter-state"
          />
          <Select
            allowClear
            placeholder={t('message.allChannels')}
            value={filters.channel}
            onChange={(channel?: string) => write({ channel })}
            style={{ width: 140 }}
            options={['wecom', 'official_account', 'mini_program', 'email', 'sms', 'push', 'webhook'].map((one) => ({
              value: one,
              label: t(`common.channel.${one}`),
            }))}
            data-testid="filter-channel"
          />
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('message.allJourneys')}
            value={filters.journeyId}
            onChange={(journeyId?: string) => write({ journeyId, nodeId: null })}
            style={{ width: 200 }}
            options={(flows.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
            data-testid="filter-journey"
          />
          {filters.reason && (
            <Tag closable onClose={() => write({ reason: null })} style={{ marginInlineEnd: 0 }}>
              {t('message.why')}: {say(filters.reason)}
            </Tag>
          )}
        </div>
        <CursorTable<Message>
          testId="messages-table"
          queryKey={['messages', filters]}
          fetch={(cursor) => messages.list({ ...filters, cursor })}
          rowKey={(one) => one.id}
          refetchInterval={15_000}
          width={1090}
          columns={[
            {
              title: t('message.person'),
              key: 'person',
              width: 180,
              render: (_, one) => <PersonLink person={{ id: one.person.id, name: one.person.name }} />,
            },
            { title: t('message.state_'), key: 'state', width: 200, render: (_, one) => states(one) },
            {
              title: t('message.channel'),
              key: 'channel',
              width: 100,
              render: (_, one) => t(`common.channel.${one.channel}`, one.channel),
            },
            {
              title: t('message.content'),
              key: 'content',
              width: 320,
              ellipsis: true,
              render: (_, one) => (
                <span title={one.text ?? ''}>
                  {one.contentId ? <Link to={`/content/${one.contentId}`}>{one.contentName ?? one.contentId}</Link> : null}{' '}
                  {one.title && <b>{one.title} </b>}
                  <span className="soft">{one.text}</span>
                </span>
              ),
            },
            { title: t('message.journey'), key: 'journey', width: 180, ellipsis: true, render: (_, one) => journey(one) },
            {
              title: t('message.cost'),
              key: 'cost',
              width: 90,
              align: 'right',
              render: (_, one) => (one.costFen ? t('message.fen', { n: one.costFen }) : null),
            },
            { title: t('message.when'), key: 'when', width: 110, render: (_, one) => when(one) },
          ]}
          card={(one) => (
            <div className="stack tight">
              <div className="row between">
                <PersonLink person={{ id: one.person.id, name: one.person.name }} />
                <span className="soft small">{when(one)}</span>
              </div>
              {states(one)}
              <div>{one.text ?? one.contentName}</div>
              <div className="row between small">
                <span>{journey(one)}</span>
                {one.costFen ? <span className="soft">{t('message.fen', { n: one.costFen })}</span> : null}
              </div>
            </div>
          )}
          empty={
            filtered ? (
              <EmptyStart
                icon={<MessageOutlined />}
                title={t('message.noneFit')}
                action={
                  <Button onClick={() => write({ state: null, channel: null, journeyId: null, reason: null, nodeId: null })}>
                    {t('people.clearFilters')}
                  </Button>
                }
              />
            ) : (
              <EmptyStart
                icon={<MessageOutlined />}
                title={t('message.emptyTitle')}
                text={t('message.emptyText')}
                action={
                  <Link to="/journeys/new">
                    <Button type="primary">{t('message.newJourney')}</Button>
                  </Link>
                }
              />
            )
          }
        />
      </div>
    </Page>
  );
}
