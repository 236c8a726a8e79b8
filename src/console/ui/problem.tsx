import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/http.ts';

function mendKey(problem: Problem): string | undefined {
  if (problem.status === 0) return 'common.networkMend';
  if (problem.status === 403) return 'common.forbiddenMend';
  if (problem.status === 404) return 'common.notFoundMend';
  if (problem.status >= 500) return 'common.serverMend';
  return undefined;
}

/** What went wrong, and how to mend it. */
export function ProblemView({ error, retry, compact }: { error: unknown; retry?: () => void; compact?: boolean }) {
  const { t } = useTranslation();
  if (!error) return null;
  const problem = error instanceof Problem ? error : new Problem(500, error instanceof Error ? error.message : String(error));
  const mend = mendKey(problem);
  return (
    <Alert
      type={problem.status === 403 || problem.status === 404 ? 'warning' : 'error'}
      showIcon
      data-testid="problem"
      title={problem.status === 0 ? t('common.networkTitle') : problem.title}
      style={compact ? { padding: '6px 12px' } : undefined}
      description={
        <div className="stack tight">
          {problem.detail && <span>{problem.detail}</span>}
          {problem.errors.length > 0 && (
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {problem.errors.map((one) => (
                <li key={`${one.field}:${one.reason}`}>
                  {one.field && <code className="mono">{one.field}</code>} {one.reason}
                </li>
              ))}
            </ul>
          )}
          {mend && <span>{t(mend)}</span>}
        </div>
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t('common.retry')}
          </Button>
        )
      }
    />
  );
}

/** One line for a toast. */
export function problemLine(error: unknown, network: string): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return network;
  const first = error.errors[0];
  return first ? `${error.title}：${first.field} ${first.reason}` : (error.detail ?? error.title);
}
