import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { access, type Me } from '../api/access.ts';

export const SessionContext = createContext<Me | null>(null);

/** Whoever is signed in; pages below the shell may rely on it. */
export function useSession(): Me {
  const me = useContext(SessionContext);
  if (!me) throw new Error('useSession outside the shell');
  return me;
}

export const useMaybeSession = (): Me | null => useContext(SessionContext);

export const ME_KEY = ['me'];

export const useMe = () => useQuery({ queryKey: ME_KEY, queryFn: access.me, staleTime: 5 * 60_000, retry: false });

/** Permissions come as 'people.read', or wider: 'people.*', '*'. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => {
    const area = permission.split('.')[0];
    return permissions.includes(permission) || permissions.includes(`${area}.*`) || permissions.includes('*');
  };
}
