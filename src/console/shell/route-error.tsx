import { CompassOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useRouteError } from 'react-router';
import { EmptyStart, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

export function PageMissing() {
  const { t } = useTranslation();
  return (
    <Page title="" tab="404" testId="page-missing">
      <EmptyStart
        icon={<CompassOutlined />}
        title={t('common.pageMissing')}
        text={t('common.pageMissingText')}
        action={
          <Link to="/">
            <Button type="primary">{t('common.goHome')}</Button>
          </Link>
        }
      />
    </Page>
  );
}

export function RouteError() {
  const { t } = useTranslation();
  const error = useRouteError();
  // After an upgrade the old page asks for pieces that are gone: a reload fetches the new ones.
  const outdated = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <main className="page" data-testid="route-error">
      {outdated ? (
        <EmptyStart
          title={t('common.newVersion')}
          action={
            <Button type="primary" onClick={() => location.reload()}>
              {t('common.reload')}
            </Button>
          }
        />
      ) : (
        <ProblemView error={error} retry={() => location.reload()} />
      )}
    </main>
  );
}
