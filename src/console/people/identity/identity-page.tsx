import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../shell/session.tsx';
import { useUrl } from '../../ui/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { Conflicts } from './conflicts.tsx';
import { LargestGraphs } from './largest.tsx';
import { PolicyTab } from './policy.tsx';
import { Quarantine } from './quarantine.tsx';

export default function IdentityPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [read, write] = useUrl();
  const tab = read('tab') ?? 'conflicts';
  return (
    <Page testId="identity-page" title={t('identity.title')} question={t('identity.question')}>
      <Tabs
        activeKey={tab}
        onChange={(next) => write({ tab: next === 'conflicts' ? null : next })}
        items={[
          { key: 'conflicts', label: t('identity.conflicts'), children: <Conflicts /> },
          { key: 'quarantine', label: t('identity.quarantine'), children: <Quarantine /> },
          { key: 'largest', label: t('identity.largest'), children: <LargestGraphs /> },
          ...(may('settings.read') ? [{ key: 'policy', label: t('identity.policy'), children: <PolicyTab /> }] : []),
        ]}
      />
    </Page>
  );
}
