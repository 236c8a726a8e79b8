import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { TEMPLATES } from './templates.ts';

export function TemplateButtons() {
  const { t } = useTranslation();
  return (
    <>
      {TEMPLATES.map((one) => (
        <Link
          key={one.key}
          to={`/audiences/new?name=${encodeURIComponent(t(`audience.tpl.${one.key}`))}&rule=${encodeURIComponent(JSON.stringify(one.rule))}`}
        >
          <Button size="small">{t(`audience.tpl.${one.key}`)}</Button>
        </Link>
      ))}
    </>
  );
}
