import { useTranslation } from 'react-i18next';

export function Logo({ size = 26, words = true }: { size?: number; words?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="row" style={{ gap: 8 }}>
      <img src="/favicon.svg" width={size} height={size} alt="" />
      {words && <b style={{ fontSize: size * 0.62, letterSpacing: 0.5 }}>{t('common.appName')}</b>}
    </span>
  );
}
