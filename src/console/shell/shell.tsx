import { MenuOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Drawer, Layout, Spin } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { forgetWorkspace, Problem } from '../api/http.ts';
import { usePhone } from '../ui/hooks.ts';
import { PeopleDrawerProvider } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { Logo } from './logo.tsx';
import { MainMenu } from './menu.tsx';
import { Palette } from './palette.tsx';
import { PausedBanner } from './paused-banner.tsx';
import { SessionContext, useMe } from './session.tsx';
import { UserMenu, WorkspaceSwitch } from './user-menu.tsx';

const mac = /mac/i.test(navigator.platform);

/** The frame around every page of someone who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const phone = usePhone();
  const location = useLocation();
  const navigation = useNavigation();
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette((open) => !open);
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  // The page scrolls inside the frame, so another page begins at its top by our hand.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what it hangs on
  useEffect(() => {
    document.getElementById('content')?.scrollTo(0, 0);
  }, [location.pathname]);

  if (me.isPending) return <Spin fullscreen />;
  const status = me.error instanceof Problem ? me.error.status : 0;
  if (me.isError && status === 401)
    return <Navigate to={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  if (me.isError) {
    const retry = () => {
      // The workspace chosen on this device may be one that this member has left.
      if (status === 403 || status === 404) forgetWorkspace();
      void me.refetch();
    };
    return (
      <main className="page">
        <ProblemView error={me.error} retry={retry} />
      </main>
    );
  }

  return (
    <SessionContext value={me.data}>
      <PeopleDrawerProvider>
        <Layout style={{ height: '100dvh' }} hasSider={!phone}>
          {!phone && (
            <Layout.Sider width={208} style={{ borderRight: '1px solid var(--line)', overflow: 'auto' }}>
              <div style={{ padding: '13px 18px 6px' }}>
                <Logo />
              </div>
              <MainMenu />
            </Layout.Sider>
          )}
          <Layout style={{ minWidth: 0 }}>
            <Layout.Header
              className="row between"
              style={{ borderBottom: '1px solid var(--line)', paddingInline: phone ? 6 : 16, lineHeight: 'normal' }}
            >
              <span className="row grow">
                {phone && (
                  <Button
                    type="text"
                    icon={<MenuOutlined />}
                    aria-label={t('common.menu')}
                    onClick={() => setMenu(true)}
                    data-testid="menu-button"
                  />
                )}
                <WorkspaceSwitch />
              </span>
              <span className="row" style={{ gap: 4 }}>
                <Button
                  type={phone ? 'text' : 'default'}
                  icon={<SearchOutlined />}
                  onClick={() => setPalette(true)}
                  aria-label={t('common.search')}
                  data-testid="search-button"
                >
                  {!phone && (
                    <span className="soft">
                      {t('common.search')} <kbd className="small">{mac ? '⌘K' : 'Ctrl K'}</kbd>
                    </span>
                  )}
                </Button>
                <UserMenu />
              </span>
            </Layout.Header>
            <Layout.Content
              id="content"
              style={{ overflow: 'auto', opacity: navigation.state === 'loading' ? 0.6 : 1, transition: 'opacity .15s' }}
              key={me.data.workspace.id}
            >
              <PausedBanner />
              <Suspense fallback={<Spin />}>
                <Outlet />
              </Suspense>
            </Layout.Content>
          </Layout>
        </Layout>
        <Drawer
          open={phone && menu}
          onClose={() => setMenu(false)}
          placement="left"
          size={264}
          title={<Logo />}
          styles={{ body: { padding: '8px 0' } }}
        >
          <MainMenu onChoose={() => setMenu(false)} />
        </Drawer>
        <Palette open={palette} onClose={() => setPalette(false)} />
      </PeopleDrawerProvider>
    </SessionContext>
  );
}
