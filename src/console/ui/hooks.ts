import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

export function usePhone(): boolean {
  const [phone, setPhone] = useState(() => matchMedia('(max-width: 760px)').matches);
  useEffect(() => {
    const media = matchMedia('(max-width: 760px)');
    const listen = () => setPhone(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, []);
  return phone;
}

export function useDebounced<T>(value: T, ms = 350): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Filters and tabs live in the address, so that a page can be shared, reloaded and gone back to. */
export function useUrl(): [(key: string) => string | undefined, (change: Record<string, string | undefined | null>) => void] {
  const [params, setParams] = useSearchParams();
  const read = useCallback((key: string) => params.get(key) ?? undefined, [params]);
  const write = useCallback(
    (change: Record<string, string | undefined | null>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(change)) value ? next.set(key, value) : next.delete(key);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [read, write];
}

/** JSON kept in one address parameter, for questions that have structure. */
export function useUrlJson<T>(key: string, first: T): [T, (value: T) => void] {
  const [read, write] = useUrl();
  const text = read(key);
  let value = first;
  if (text) {
    try {
      value = JSON.parse(text) as T;
    } catch {
      value = first;
    }
  }
  return [value, useCallback((next: T) => write({ [key]: JSON.stringify(next) }), [write, key])];
}

export interface Draft<T> {
  value: T;
  change(next: T): void;
  /** True when the value came from an earlier, unsaved visit. */
  restored: boolean;
  dirty: boolean;
  clear(next?: T): void;
}

/** A form's value, kept on this device until it is saved. `saved` is what the server holds. */
export function useDraft<T>(key: string, saved: T): Draft<T> {
  const storage = `yutang.draft.${key}`;
  const read = (): T | undefined => {
    try {
      const text = localStorage.getItem(storage);
      return text ? (JSON.parse(text) as T) : undefined;
    } catch {
      return undefined;
    }
  };
  const [value, setValue] = useState<T>(() => read() ?? saved);
  const [restored, setRestored] = useState(() => read() !== undefined);
  const [dirty, setDirty] = useState(restored);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const change = (next: T) => {
    setValue(next);
    setDirty(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => localStorage.setItem(storage, JSON.stringify(next)), 250);
  };
  const clear = (next: T = saved) => {
    clearTimeout(timer.current);
    localStorage.removeItem(storage);
    setRestored(false);
    setDirty(false);
    setValue(next);
  };
  return { value, change, restored, dirty, clear };
}
