import { AimOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Input, Popconfirm, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type NamedEvent, namedEvents } from '../api/named-events.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { PickerForm } from './picker-form.tsx';
import { type Picked, usePicker } from './picker-session.ts';

const LAST = 'yutang.picker.url';
const rule = (event: string) => encodeURIComponent(JSON.stringify({ event }));

function asUrl(text: string): URL | undefined {
  const whole = /^https?:\/\//.test(text) ? text : `https://${text}`;
  return text.trim() && URL.canParse(whole) ? new URL(whole) : undefined;
}

function Opener({ onPicked }: { onPicked: (picked: Picked) => void }) {
  const { t } = useTranslation();
  const { state, open } = usePicker(onPicked);
  const [address, setAddress] = useState(localStorage.getItem(LAST) ?? '');
  const [blocked, setBlocked] = useState(false);
  const url = asUrl(address);
  const start = (): void => {
    if (!url) return;
    localStorage.setItem(LAST, address);
    setBlocked(!open(url));
  };
  return (
    <Card size="small">
      <p className="soft" style={{ marginTop: 0 }}>
        {t('named.how')}
      </p>
      <Space.Compact block>
        <Input
          value={address}
          placeholder="https://shop.example.com/"
          status={address && !url ? 'error' : ''}
          onChange={(event) => setAddress(event.target.value)}
          onPressEnter={start}
          data-testid="picker-url"
        />
        <Button type="primary" icon={<AimOutlined />} disabled={!url} onClick={start} data-testid="picker-open">
          {t('named.open')}
        </Button>
      </Space.Compact>
      {(blocked || state !== 'idle') && (
        <Alert
          style={{ marginTop: 12 }}
          showIcon
          data-testid={`picker-${blocked ? 'blocked' : state}`}
          type={blocked ? 'error' : state === 'ready' ? 'success' : 'info'}
          title={t(`named.state.${blocked ? 'blocked' : state}`)}
        />
      )}
    </Card>
  );
}

export default function PickerPage() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const phone = usePhone();
  const format = useFormat();
  const client = useQueryClient();
  const [picked, setPicked] = useState<Picked>();
  const list = useQuery({ queryKey: ['named-events'], queryFn: namedEvents.list, refetchInterval: 10_000 });
  const again = () => client.invalidateQueries({ queryKey: ['named-events'] });
  const archive = (one: NamedEvent) => namedEvents.archive(one.id).then(again).catch(say.failed);
  return (
    <Page title={t('named.title')} question={t('named.question')} testId="picker-page">
      {may('events.write') && !phone && <Opener onPicked={setPicked} />}
      {may('events.write') && phone && <Alert type="info" showIcon title={t('named.onDesktop')} />}
      <Card size="small" style={{ marginTop: 12 }}>
        {list.isError ? (
          <ProblemView error={list.error} retry={() => list.refetch()} />
        ) : list.isPending ? (
          <Loading />
        ) : !list.data.items.length ? (
          <EmptyStart icon={<AimOutlined />} title={t('named.emptyTitle')} text={t('named.emptyText')} />
        ) : (
          <Table<NamedEvent>
            size="middle"
            rowKey="id"
            pagination={false}
            dataSource={list.data.items}
            columns={[
              {
                title: t('named.name'),
                key: 'name',
                render: (_, one) => (
                  <div data-testid="named">
                    <b style={{ fontWeight: 500 }}>{one.name}</b>
                    <div className="soft small mono" style={{ overflowWrap: 'anywhere' }}>
                      {one.selector}
                      {one.text && ` · ${t('named.text')} ${one.text.op} ${one.text.value}`}
                      {one.path && ` · ${t('named.path')} ${one.path.op} ${one.path.value}`}
                    </div>
                  </div>
                ),
              },
              {
                title: t('named.count'),
                key: 'count',
                width: phone ? 84 : 120,
                align: 'right',
                render: (_, one) => (
                  <Link className="num" to={`/audiences/new?rule=${rule(one.name)}`}>
                    {format.number(one.count)}
                  </Link>
                ),
              },
              ...(phone
                ? []
                : [
                    {
                      title: t('named.people'),
                      key: 'people',
                      width: 100,
                      align: 'right' as const,
                      render: (_: unknown, one: NamedEvent) => format.number(one.people),
                    },
                    {
                      title: t('named.last'),
                      key: 'last',
                      width: 130,
                      render: (_: unknown, one: NamedEvent) => <Time value={one.lastSeenAt} />,
                    },
                  ]),
              ...(may('events.write')
                ? [
                    {
                      title: '',
                      key: 'do',
                      width: 80,
                      render: (_: unknown, one: NamedEvent) => (
                        <Popconfirm
                          title={t('named.archiveSure', { name: one.name })}
                          okText={t('named.archive')}
                          onConfirm={() => archive(one)}
                        >
                          <Button size="small" type="text">
                            {t('named.archive')}
                          </Button>
                        </Popconfirm>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Card>
      {picked && (
        <PickerForm
          key={picked.chain + picked.text}
          picked={picked}
          onClose={() => setPicked(undefined)}
          onSaved={(name) => {
            setPicked(undefined);
            say.done(t('named.saved', { name }));
            void again();
          }}
        />
      )}
    </Page>
  );
}
