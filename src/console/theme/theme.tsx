import { App as AntApp, theme as antTheme, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import 'dayjs/locale/zh-cn';
import { PRIMARY, PRIMARY_DARK, STANDING_COLOURS, STANDING_COLOURS_DARK } from './palette.ts';

export type Appearance = 'light' | 'dark' | 'auto';
const KEY = 'yutang.appearance';

interface ThemeValue {
  appearance: Appearance;
  dark: boolean;
  choose(appearance: Appearance): void;
}

const ThemeContext = createContext<ThemeValue>({ appearance: 'auto', dark: false, choose: () => {} });
export const useTheme = (): ThemeValue => useContext(ThemeContext);
/** Colours of levels, stages and tiers on the ground that there is. */
export const useStandingColours = (): Record<string, string> => (useTheme().dark ? STANDING_COLOURS_DARK : STANDING_COLOURS);

/** Whether the device asks for it; followed while the page is open. */
function useAsked(query: string): boolean {
  const [asked, setAsked] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const listen = () => setAsked(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, [query]);
  return asked;
}

export const FONTS =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [appearance, setAppearance] = useState<Appearance>(() => (localStorage.getItem(KEY) as Appearance | null) ?? 'auto');
  const systemDark = useAsked('(prefers-color-scheme: dark)');
  const still = useAsked('(prefers-reduced-motion: reduce)');
  const dark = appearance === 'dark' || (appearance === 'auto' && systemDark);
  const zh = i18n.language !== 'en';
  dayjs.locale(zh ? 'zh-cn' : 'en');

  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }, [dark]);

  const value = useMemo<ThemeValue>(
    () => ({
      appearance,
      dark,
      choose(next) {
        localStorage.setItem(KEY, next);
        setAppearance(next);
      },
    }),
    [appearance, dark],
  );

  const config = useMemo(
    () => ({
      algorithm: dark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
      token: {
        colorPrimary: dark ? PRIMARY_DARK : PRIMARY,
        colorLink: dark ? PRIMARY_DARK : PRIMARY,
        colorBgLayout: dark ? '#0e1518' : '#f3f6f7',
        ...(dark ? { colorBgContainer: '#172024', colorBgElevated: '#1d282d', colorPrimaryText: '#8fd3e6' } : {}),
        motion: !still,
        borderRadius: 8,
        fontFamily: FONTS,
      },
      components: {
        Layout: {
          siderBg: dark ? '#121b1f' : '#ffffff',
          headerBg: dark ? '#121b1f' : '#ffffff',
          headerHeight: 52,
          headerPadding: '0 16px',
        },
        Menu: {
          itemBorderRadius: 8,
          itemHeight: 33,
          itemMarginBlock: 1,
          itemSelectedBg: dark ? '#1e3942' : '#e3f0f3',
          groupTitleFontSize: 12,
          groupTitleLineHeight: 1.2,
        },
        Tag: { defaultBg: dark ? '#243238' : '#e8eef0' },
        Card: { headerFontSize: 15, bodyPadding: 16, headerPadding: 16 },
        Table: { headerBg: dark ? '#1b262b' : '#f7f9fa' },
      },
    }),
    [dark, still],
  );

  return (
    <ThemeContext value={value}>
      <ConfigProvider locale={zh ? zhCN : enUS} theme={config}>
        <AntApp notification={{ placement: 'bottomLeft' }} message={{ maxCount: 3 }}>
          {children}
        </AntApp>
      </ConfigProvider>
    </ThemeContext>
  );
}
