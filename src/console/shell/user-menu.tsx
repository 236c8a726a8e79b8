import { BulbOutlined, LogoutOutlined, SwapOutlined, TranslationOutlined, UserOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Avatar, Button, Dropdown, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { access } from '../api/access.ts';
import { chooseWorkspace, forgetWorkspace } from '../api/http.ts';
import { changeLanguage, languageNow } from '../i18n/index.ts';
import { type Appearance, useTheme } from '../theme/theme.tsx';
import { useSay } from '../ui/undo.tsx';
import { useSession } from './session.tsx';

export function WorkspaceSwitch() {
  const { workspaces, workspace } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  if (workspaces.length < 2)
    return (
      <span className="clip" style={{ fontWeight: 600, maxWidth: 180 }}>
        {workspace.name}
      </span>
    );
  return (
    <Select
      value={workspace.id}
      variant="borderless"
      suffixIcon={<SwapOutlined />}
      style={{ minWidth: 140, fontWeight: 600 }}
      options={workspaces.map((one) => ({ value: one.id, label: one.name }))}
      onChange={(id) => {
        chooseWorkspace(id);
        navigate('/');
        void client.resetQueries();
      }}
      data-testid="workspace-switch"
    />
  );
}

export function UserMenu() {
  const { t } = useTranslation();
  const { user } = useSession();
  const theme = useTheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const say = useSay();
  const leave = async () => {
    try {
      await access.signOut();
      forgetWorkspace();
      client.clear();
      navigate('/sign-in');
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <span className="row" style={{ gap: 4 }}>
      <Button
        type="text"
        icon={<TranslationOutlined />}
        onClick={() => changeLanguage(languageNow() === 'zh' ? 'en' : 'zh')}
        data-testid="language"
      >
        {t('common.language')}
      </Button>
      <Dropdown
        trigger={['click']}
        menu={{
          selectable: true,
          selectedKeys: [theme.appearance],
          items: [
            { key: 'who', disabled: true, label: user.email, icon: <UserOutlined /> },
            { type: 'divider' },
            {
              key: 'theme',
              type: 'group',
              label: t('common.theme'),
              children: (['light', 'dark', 'auto'] as Appearance[]).map((one) => ({
                key: one,
                icon: <BulbOutlined />,
                label: t(`common.${one}`),
              })),
            },
            { type: 'divider' },
            { key: 'leave', icon: <LogoutOutlined />, label: t('common.signOut') },
          ],
          onClick: ({ key }) => (key === 'leave' ? void leave() : theme.choose(key as Appearance)),
        }}
      >
        <Button type="text" data-testid="user-menu" style={{ paddingInline: 6 }}>
          <Avatar size={26}>{[...(user.name || user.email)][0]?.toUpperCase()}</Avatar>
        </Button>
      </Dropdown>
    </span>
  );
}
