import { PictureOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MomentView, moments } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Page } from '../ui/page.tsx';
import { MomentDrawer } from './moment-drawer.tsx';
import { MomentState } from './moment-state.tsx';
import { NewMomentDrawer } from './new-moment.tsx';

export default function MomentsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [read, write] = useUrl();
  const [making, setMaking] = useState(false);
  const make = may('messages.write') && (
    <Button type="primary" icon={<PictureOutlined />} onClick={() => setMaking(true)} data-testid="new-moment">
      {t('reach.moment.make')}
    </Button>
  );
  const words = (one: MomentView) => (
    <Button
      type="link"
      style={{ padding: 0, height: 'auto', whiteSpace: 'normal', textAlign: 'left' }}
      onClick={() => write({ moment: one.id })}
    >
      {one.text.slice(0, 60)}
    </Button>
  );
  const published = (one: MomentView) => t('reach.moment.publishedOf', { n: one.published, all: one.staff });
  return (
    <Page title={t('reach.moment.title')} question={t('reach.moment.question')} testId="moments-page" extra={make}>
      <CursorTable<MomentView>
        testId="moments-table"
        queryKey={['moments']}
        fetch={(cursor) => moments.list(cursor)}
        rowKey={(one) => one.id}
        width={860}
        card={(one) => (
          <div className="stack tight">
            <span className="row between">
              {words(one)} <MomentState moment={one} />
            </span>
            <span className="soft small">
              {published(one)} · {t('reach.moment.customers')} {one.customers} · {t('reach.moment.likes')} {one.likes} ·{' '}
              {t('reach.moment.comments')} {one.comments}
            </span>
          </div>
        )}
        empty={<EmptyStart title={t('reach.moment.empty')} text={t('reach.moment.emptyText')} action={make} />}
        columns={[
          { title: t('reach.moment.words'), key: 'words', width: 260, render: (_, one) => words(one) },
          { title: t('reach.moment.state'), key: 'state', width: 110, render: (_, one) => <MomentState moment={one} /> },
          { title: t('reach.moment.published'), key: 'published', width: 110, render: (_, one) => published(one) },
          { title: t('reach.moment.customers'), key: 'customers', width: 110, align: 'right', render: (_, one) => one.customers },
          { title: t('reach.moment.likes'), key: 'likes', width: 80, align: 'right', render: (_, one) => one.likes },
          { title: t('reach.moment.comments'), key: 'comments', width: 80, align: 'right', render: (_, one) => one.comments },
          { title: t('reach.moment.when'), key: 'when', width: 130, render: (_, one) => <Time value={one.madeAt} /> },
        ]}
      />
      {making && <NewMomentDrawer close={() => setMaking(false)} />}
      {read('moment') && <MomentDrawer id={read('moment') ?? ''} close={() => write({ moment: null })} />}
    </Page>
  );
}
