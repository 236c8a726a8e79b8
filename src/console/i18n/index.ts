import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { resourcesOf } from './texts.ts';

export type Language = 'zh' | 'en';

const KEY = 'yutang.language';
const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY);
export const firstLanguage: Language = stored === 'en' ? 'en' : 'zh';

void i18n.use(initReactI18next).init({
  lng: firstLanguage,
  fallbackLng: 'zh',
  resources: { zh: { translation: resourcesOf('zh') }, en: { translation: resourcesOf('en') } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

export function changeLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  void i18n.changeLanguage(language);
}

export const languageNow = (): Language => (i18n.language === 'en' ? 'en' : 'zh');
export { i18n };
