import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Input, type InputRef, Modal } from 'antd';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { journeys } from '../api/journeys.ts';
import { nameOf, people } from '../api/people.ts';
import { useDebounced } from '../ui/hooks.ts';
import { useAudiences, useContents } from '../ui/pickers.tsx';
import { ALL_PAGES, GROUPS } from './pages.tsx';
import { useMay } from './session.tsx';

interface Hit {
  key: string;
  group: string;
  text: string;
  sub?: string;
  icon?: ReactNode;
  to: string;
}

function useHits(word: string, open: boolean): Hit[] {
  const { t } = useTranslation();
  const may = useMay();
  const settled = useDebounced(word.trim(), 250);
  const found = useQuery({
    queryKey: ['palette', settled],
    queryFn: () => people.list({ query: settled, limit: 6 }),
    enabled: open && settled.length > 0,
    retry: false,
  });
  const flows = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: open, retry: false });
  const groups = useAudiences();
  const items = useContents();
  return useMemo(() => {
    const fits = (...texts: string[]) => texts.some((text) => text.toLowerCase().includes(word.trim().toLowerCase()));
    const pages = ALL_PAGES.filter((page) => may(page.permission) && fits(t(page.text), page.path)).map((page) => ({
      key: page.path,
      group: t('common.palettePages'),
      text: t(page.text),
      sub: t(GROUPS.find((group) => group.pages.includes(page))?.text ?? 'nav.today'),
      icon: page.icon,
      to: page.path,
    }));
    if (!word.trim()) return pages;
    const named = (list: { id: string; name: string }[] | undefined, group: string, path: string): Hit[] =>
      (list ?? [])
        .filter((one) => fits(one.name))
        .slice(0, 5)
        .map((one) => ({ key: path + one.id, group, text: one.name, to: `${path}/${one.id}` }));
    const persons = (settled === word.trim() ? (found.data?.items ?? []) : []).map((person) => ({
      key: person.id,
      group: t('nav.people'),
      text: nameOf(person),
      sub: person.identities[0]?.id,
      to: `/people/${person.id}`,
    }));
    return [
      ...persons,
      ...pages,
      ...named(flows.data?.items, t('nav.journeys'), '/journeys'),
      ...named(groups.data?.items, t('nav.audiences'), '/audiences'),
      ...named(items.data?.items, t('nav.library'), '/content'),
    ];
  }, [word, settled, found.data, flows.data, groups.data, items.data, t, may]);
}

/** ⌘K: pages, people, journeys, audiences and content by a few letters. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [word, setWord] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const hits = useHits(word, open);
  useEffect(() => {
    if (open) setWord('');
    setAt(0);
  }, [open]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    navigate(hit.to);
  };
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={560}
      style={{ top: 80 }}
      afterOpenChange={(shown) => shown && input.current?.focus()}
      data-testid="palette"
    >
      <Input
        ref={input}
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        value={word}
        placeholder={t('common.palette')}
        data-testid="palette-input"
        onChange={(event) => {
          setWord(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            setAt((now) => (now + (event.key === 'ArrowDown' ? 1 : -1) + hits.length) % Math.max(1, hits.length));
          }
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) go(hits[at]);
        }}
      />
      <div style={{ maxHeight: 420, overflow: 'auto', marginTop: 8 }} role="listbox">
        {!hits.length && (
          <div className="soft" style={{ padding: 16 }}>
            {t('common.paletteEmpty')}
          </div>
        )}
        {hits.map((hit, index) => (
          <div key={hit.key}>
            {hit.group !== hits[index - 1]?.group && (
              <div className="soft small" style={{ padding: '8px 10px 2px' }}>
                {hit.group}
              </div>
            )}
            <button
              type="button"
              role="option"
              aria-selected={index === at}
              className="linklike row"
              style={{
                width: '100%',
                padding: '8px 10px',
                borderRadius: 8,
                background: index === at ? 'var(--wash)' : undefined,
                textDecoration: 'none',
              }}
              onMouseEnter={() => setAt(index)}
              onClick={() => go(hit)}
            >
              {hit.icon}
              <span>{hit.text}</span>
              {hit.sub && <span className="soft small clip">{hit.sub}</span>}
            </button>
          </div>
        ))}
      </div>
      <div className="soft small" style={{ padding: '8px 10px 0' }}>
        {t('common.paletteHint')}
      </div>
    </Modal>
  );
}
