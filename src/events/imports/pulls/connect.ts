import net from 'node:net';
import { AddressRefused, guardedLookup, isAllowedHost, isInternalAddress, type Resolve } from '../../../base/index.ts';
import { openMysql } from './mysql.ts';
import { openPostgres } from './postgres.ts';
import type { Reader } from './reader.ts';
import { portOf, type Source } from './schema.ts';

export interface Guard {
  /** Hosts that may be reached although they are internal. */
  allow: readonly string[];
  resolve: Resolve;
}

/** A connection for reading. What the name says is checked in the connection's own look-up. */
export async function openReader(guard: Guard, source: Source, password: string): Promise<Reader> {
  const port = portOf(source);
  const allowed = isAllowedHost(source.host, port, guard.allow);
  if (!allowed && isInternalAddress(source.host)) throw new AddressRefused();
  const socket = () => {
    const made = new net.Socket();
    const plain = made.connect.bind(made) as (options: net.TcpSocketConnectOpts) => net.Socket;
    const host = source.host.replace(/^\[|\]$/g, '');
    // Whatever the client asks for, it gets the host that was checked.
    made.connect = (() => plain({ host, port, ...(allowed ? {} : { lookup: guardedLookup(guard.resolve) }) })) as typeof made.connect;
    return made;
  };
  return (source.engine === 'postgres' ? openPostgres : openMysql)(source, port, password, socket);
}

/** Why it did not work, for whoever configured it. Nothing of the rows is in it. */
export function reasonOf(error: unknown): { field: string; reason: string } {
  const { code = '', message = '', errno } = error as { code?: string; message?: string; errno?: number };
  if (code === 'ADDRESS_REFUSED')
    return { field: 'source.host', reason: 'is an internal address; name it in YUTANG_PULL_ALLOW (host or host:port) if that is meant' };
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(code)) return { field: 'source.host', reason: 'is not known to the name service' };
  if (
    ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'PROTOCOL_CONNECTION_LOST'].includes(code) ||
    /timeout|terminated/i.test(message)
  )
    return { field: 'source.host', reason: `cannot be reached (${code || 'timeout'}); check host, port and firewall` };
  if (['28P01', '28000', 'ER_ACCESS_DENIED_ERROR'].includes(code))
    return { field: 'password', reason: 'or user is not accepted by the database' };
  if (['3D000', 'ER_BAD_DB_ERROR'].includes(code)) return { field: 'source.database', reason: 'does not exist there' };
  if (/ssl|tls|certificate|self.signed/i.test(`${code} ${message}`))
    return { field: 'source.tls', reason: `did not work: ${message.slice(0, 200)}` };
  if (['42703', 'ER_BAD_FIELD_ERROR'].includes(code))
    return { field: 'cursor', reason: `or another column does not exist: ${message.slice(0, 200)}` };
  if (['25006', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'].includes(code) || errno === 1792)
    return { field: 'query', reason: 'must only read' };
  return { field: 'query', reason: `is refused by the database: ${message.slice(0, 300)}` };
}
