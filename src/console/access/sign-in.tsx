import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { access } from '../api/access.ts';
import { Problem } from '../api/http.ts';
import { changeLanguage, languageNow } from '../i18n/index.ts';
import { Logo } from '../shell/logo.tsx';
import { ME_KEY } from '../shell/session.tsx';
import { ProblemView } from '../ui/problem.tsx';

export default function SignIn() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    document.title = `${t('access.signIn')} · ${t('common.appName')}`;
  }, [t]);

  const enter = async ({ email, password }: { email: string; password: string }) => {
    setBusy(true);
    setError(undefined);
    try {
      await access.signIn(email.trim(), password);
      await client.resetQueries({ queryKey: ME_KEY });
      // Only a path of this site: an address from elsewhere must not ride along.
      const next = params.get('next') ?? '/';
      navigate(next.startsWith('/') && !next.startsWith('//') ? next : '/', { replace: true });
    } catch (failed) {
      const wrong = failed instanceof Problem && failed.status === 401;
      setError(wrong ? new Problem(401, t('access.wrongPassword'), t('access.wrongPasswordMend')) : failed);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div
      style={{
        minHeight: '100dvh',
        display: 'grid',
        placeItems: 'center',
        padding: 16,
        background: 'linear-gradient(180deg, var(--wash), transparent 60%)',
      }}
      data-testid="sign-in-page"
    >
      <div style={{ width: '100%', maxWidth: 380 }} className="stack loose">
        <div className="row between">
          <Logo size={34} />
          <Button type="text" onClick={() => changeLanguage(languageNow() === 'zh' ? 'en' : 'zh')}>
            {t('common.language')}
          </Button>
        </div>
        <Card>
          <h1 style={{ fontSize: 18, margin: '0 0 4px' }}>{t('access.signIn')}</h1>
          <p className="soft" style={{ marginTop: 0 }}>
            {t('access.signInText')}
          </p>
          <Form layout="vertical" requiredMark={false} onFinish={enter} disabled={busy}>
            <Form.Item
              name="email"
              label={t('access.email')}
              rules={[{ required: true, type: 'email', message: t('access.emailBad') }]}
              validateTrigger="onBlur"
            >
              <Input autoComplete="username" autoFocus inputMode="email" data-testid="email" />
            </Form.Item>
            <Form.Item name="password" label={t('access.password')} rules={[{ required: true, message: t('common.required') }]}>
              <Input.Password autoComplete="current-password" data-testid="password" />
            </Form.Item>
            {error !== undefined && (
              <div style={{ marginBottom: 16 }}>
                <ProblemView error={error} />
              </div>
            )}
            <Button type="primary" htmlType="submit" block loading={busy} data-testid="sign-in">
              {t('access.signIn')}
            </Button>
          </Form>
        </Card>
        <div className="soft small">{t('access.firstSignIn')}</div>
      </div>
    </div>
  );
}
