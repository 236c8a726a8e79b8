import { useMaybeSession } from '../shell/session.tsx';

/** Whether who is signed in may do something. */
export const useMaySession = (permission: string): boolean => useMaybeSession()?.me.permissions.includes(permission) ?? false;
