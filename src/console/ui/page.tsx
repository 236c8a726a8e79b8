import { QuestionCircleOutlined } from '@ant-design/icons';
import { Skeleton, Tooltip } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

interface PageProps {
  title: ReactNode;
  /** Plain text for the browser tab, when the title is not plain. */
  tab?: string;
  question?: string;
  extra?: ReactNode;
  children: ReactNode;
  testId: string;
}

export function Page({ title, tab, question, extra, children, testId }: PageProps) {
  const { t } = useTranslation();
  const name = tab ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = name ? `${name} · ${t('common.appName')}` : t('common.appName');
  }, [name, t]);
  return (
    <main className="page" data-testid={testId}>
      <header className="row wrap between" style={{ gap: 12 }}>
        <div className="grow" style={{ minWidth: 180 }}>
          <h1>{title}</h1>
          {question && <div className="soft small">{question}</div>}
        </div>
        {extra && <div className="row wrap">{extra}</div>}
      </header>
      {children}
    </main>
  );
}

/** A term with its definition on hover or focus. */
export function Define({ children, text }: { children: ReactNode; text?: string }) {
  if (!text) return <>{children}</>;
  return (
    <Tooltip title={text}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the definition must be reachable by keyboard too */}
      <span className="define" tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}

export function Hint({ text }: { text: string }) {
  return (
    <Tooltip title={text}>
      <QuestionCircleOutlined className="soft" style={{ fontSize: 12 }} />
    </Tooltip>
  );
}

export const Loading = ({ rows = 6 }: { rows?: number }) => <Skeleton active title={false} paragraph={{ rows }} />;

/** An empty place says what belongs there and starts the work. */
export function EmptyStart({ icon, title, text, action }: { icon?: ReactNode; title: string; text?: string; action?: ReactNode }) {
  return (
    <div style={{ textAlign: 'center', padding: '44px 16px' }} data-testid="empty">
      {icon && <div style={{ fontSize: 34, color: 'var(--soft)', marginBottom: 8 }}>{icon}</div>}
      <div style={{ fontWeight: 600, fontSize: 15 }}>{title}</div>
      {text && (
        <div className="soft" style={{ maxWidth: 460, margin: '6px auto 0' }}>
          {text}
        </div>
      )}
      {action && (
        <div className="row wrap" style={{ justifyContent: 'center', marginTop: 16 }}>
          {action}
        </div>
      )}
    </div>
  );
}
