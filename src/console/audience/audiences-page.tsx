import { AimOutlined, BlockOutlined, DeleteOutlined, EllipsisOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown, Input, Table, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Audience, audiences } from '../api/audiences.ts';
import { describeRule } from '../rules/describe.ts';
import { useWords } from '../rules/words.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { TemplateButtons } from './template-buttons.tsx';

export default function AudiencesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const may = useMay();
  const words = useWords();
  const client = useQueryClient();
  const say = useSay();
  const undo = useUndo();
  const [read, write] = useUrl();
  const query = useAudiences();
  const word = read('q') ?? '';
  const rows = (query.data?.items ?? []).filter((one) => one.name.toLowerCase().includes(word.toLowerCase()));
  const write_ = may('audiences.write');
  const [picked, setPicked] = useState<string[]>([]);

  const drop = async (one: Audience) => {
    try {
      await audiences.remove(one.id);
      await client.invalidateQueries({ queryKey: ['audiences'] });
      undo(t('common.deleted', { name: one.name }), async () => {
        await audiences.create({ name: one.name, rule: one.rule, live: one.live }).catch(say.failed);
        await client.invalidateQueries({ queryKey: ['audiences'] });
      });
    } catch (error) {
      say.failed(error);
    }
  };
  const more = (one: Audience) =>
    write_ && (
      <Dropdown
        trigger={['click']}
        menu={{
          items: [{ key: 'delete', danger: true, icon: <DeleteOutlined />, label: t('common.delete') }],
          onClick: () => void drop(one),
        }}
      >
        <Button type="text" size="small" icon={<EllipsisOutlined />} aria-label={t('common.actions')} />
      </Dropdown>
    );
  const count = (one: Audience) => (
    <Link to={`/people?audience=${one.id}`} className="num" data-testid="audience-count">
      {one.count === null || one.count === undefined ? t('audience.seePeople') : t('common.peopleCount', { n: format.number(one.count) })}
    </Link>
  );
  const live = (one: Audience) => (
    <Tooltip title={one.live ? t('audience.liveHint') : undefined}>
      <Tag color={one.frozen ? 'blue' : one.live ? 'green' : undefined} style={{ marginInlineEnd: 0 }}>
        {t(one.frozen ? 'audience.frozen' : one.live ? 'audience.live' : 'audience.notLive')}
      </Tag>
    </Tooltip>
  );

  return (
    <Page
      title={t('audience.title')}
      question={t('audience.question')}
      testId="audiences-page"
      extra={
        <>
          <Link to={`/audiences/compare${picked.length ? `?ids=${picked.join(',')}` : ''}`}>
            <Button icon={<BlockOutlined />} data-testid="compare">
              {picked.length > 1 ? t('audience.compare.these', { n: picked.length }) : t('audience.compare.title')}
            </Button>
          </Link>
          {write_ && (
            <Link to="/audiences/new">
              <Button type="primary" icon={<PlusOutlined />} data-testid="new-audience">
                {t('audience.create')}
              </Button>
            </Link>
          )}
        </>
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.isSuccess && !query.data.items.length && (
        <EmptyStart icon={<AimOutlined />} title={t('audience.emptyTitle')} text={t('audience.emptyText')} action={<TemplateButtons />} />
      )}
      {query.isSuccess && query.data.items.length > 0 && (
        <div className="stack">
          <div className="row wrap between">
            <Input.Search
              allowClear
              defaultValue={word}
              placeholder={t('audience.search')}
              onChange={(event) => write({ q: event.target.value })}
              style={{ maxWidth: 300 }}
            />
            <span className="row wrap">
              <span className="soft small">{t('audience.templates')}</span>
              <TemplateButtons />
            </span>
          </div>
          {!rows.length && <EmptyStart title={t('audience.noneFit', { word })} />}
          {phone ? (
            rows.map((one) => (
              <div key={one.id} className="pcard stack tight">
                <div className="row between">
                  <Link to={`/audiences/${one.id}`}>{one.name}</Link>
                  {more(one)}
                </div>
                <div className="row wrap">
                  {count(one)} {live(one)}
                </div>
                <div className="soft small">
                  {one.frozen ? t('audience.frozenOf', { at: format.time(one.frozen.at) }) : describeRule(one.rule, words)}
                </div>
              </div>
            ))
          ) : (
            <Table<Audience>
              rowKey="id"
              size="middle"
              dataSource={rows}
              pagination={rows.length > 50 ? { pageSize: 50 } : false}
              rowSelection={{
                selectedRowKeys: picked,
                onChange: (keys) => setPicked((keys as string[]).slice(0, 6)),
                hideSelectAll: true,
                columnWidth: 36,
              }}
              columns={[
                {
                  title: t('common.name'),
                  key: 'name',
                  width: 240,
                  sorter: (a, b) => a.name.localeCompare(b.name),
                  render: (_, one) => <Link to={`/audiences/${one.id}`}>{one.name}</Link>,
                },
                {
                  title: t('audience.rule'),
                  key: 'rule',
                  render: (_, one) => (
                    <span className="soft">
                      {one.frozen ? t('audience.frozenOf', { at: format.time(one.frozen.at) }) : describeRule(one.rule, words)}
                    </span>
                  ),
                },
                {
                  title: t('audience.size'),
                  key: 'count',
                  width: 130,
                  align: 'right',
                  sorter: (a, b) => (a.count ?? 0) - (b.count ?? 0),
                  render: (_, one) => count(one),
                },
                { title: t('audience.live'), key: 'live', width: 90, render: (_, one) => live(one) },
                {
                  title: t('audience.updated'),
                  key: 'updated',
                  width: 130,
                  render: (_, one) => <Time value={one.updatedAt ?? one.createdAt} />,
                },
                { title: '', key: 'more', width: 56, render: (_, one) => more(one) },
              ]}
            />
          )}
        </div>
      )}
    </Page>
  );
}
