import { Badge, Menu } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { useWaitingApprovals } from '../reach/approval-ask.tsx';
import { ALL_PAGES, pagesFor } from './pages.tsx';
import { useMay } from './session.tsx';

export function MainMenu({ onChoose }: { onChoose?: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const may = useMay();
  const waiting = useWaitingApprovals().data?.waiting ?? 0;
  const here = ALL_PAGES.filter((page) => (page.path === '/' ? pathname === '/' : pathname.startsWith(page.path))).sort(
    (a, b) => b.path.length - a.path.length,
  )[0];
  return (
    <Menu
      mode="inline"
      style={{ borderInlineEnd: 0, background: 'transparent', padding: '0 6px' }}
      selectedKeys={here ? [here.path] : []}
      onClick={({ key }) => {
        navigate(key);
        onChoose?.();
      }}
      items={pagesFor(may).map((group) => ({
        key: group.key,
        type: 'group' as const,
        label: t(group.text),
        children: group.pages.map((page) => ({
          key: page.path,
          icon: page.icon,
          label: (
            <span data-testid={`menu-${page.path.slice(1).replace('/', '-') || 'overview'}`}>
              {t(page.text)}
              {page.path === '/approvals' && waiting > 0 && (
                <Badge count={waiting} size="small" style={{ marginInlineStart: 8 }} data-testid="approvals-waiting" />
              )}
            </span>
          ),
        })),
      }))}
    />
  );
}
