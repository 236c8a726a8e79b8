import { X509Certificate } from 'node:crypto';
import type { Clock, Pg } from '../../base/index.ts';
import type { PayConfig } from './schema.ts';
import { openSealed } from './seals.ts';

/** Keys with which a merchant checks what WeChat Pay says: its public key from the settings, or its certificates, fetched and kept. */

export interface PlatformKey {
  id: string;
  publicKey: string;
}

export interface KeyRing {
  find(id: string): Promise<PlatformKey | undefined>;
  /** What secret fields are sealed with. */
  newest(): Promise<PlatformKey | undefined>;
  /** Keeps certificates as they came from the platform, and says which there were. */
  keep(answer: CertificateList): Promise<PlatformKey[]>;
  /** Opens them without keeping: an answer brings the very certificate it is signed with. */
  open(answer: CertificateList): (PlatformKey & { until: Date })[];
  fetches: boolean;
}

export interface CertificateList {
  data: {
    serial_no: string;
    expire_time: string;
    encrypt_certificate: { nonce: string; associated_data?: string | null | undefined; ciphertext: string };
  }[];
}

export function createKeyRing(deps: { pg: Pg; clock: Clock; workspaceNo: number; accountId: string; config: PayConfig }): KeyRing {
  const { pg, clock, config, workspaceNo, accountId } = deps;
  const { publicKeyId, publicKey, mchid } = config;
  const fixed = publicKeyId && publicKey ? { id: publicKeyId, publicKey } : undefined;

  const open: KeyRing['open'] = ({ data }) =>
    data.map(({ serial_no, expire_time, encrypt_certificate }) => {
      const pem = openSealed(config.apiV3Key, encrypt_certificate);
      if (new X509Certificate(pem).serialNumber !== serial_no.toUpperCase())
        throw new Error('a certificate with the serial of another one');
      return { id: serial_no, publicKey: pem, until: new Date(expire_time) };
    });
  const kept = (more: string, params: unknown[]) =>
    pg.query<PlatformKey>(
      `SELECT serial AS id, pem AS "publicKey" FROM pay_certificates
       WHERE workspace_no = $1 AND account_id = $2 AND mchid = $3 AND expires_at > $4 ${more} ORDER BY expires_at DESC LIMIT 1`,
      [workspaceNo, accountId, mchid, clock.now(), ...params],
    );

  return {
    fetches: fixed === undefined,
    // While a merchant changes from certificates to the public key, either may come.
    find: async (id) => (fixed?.id === id ? fixed : (await kept('AND serial = $5', [id]))[0]),
    newest: async () => fixed ?? (await kept('', []))[0],
    open,
    async keep(answer) {
      const keys = open(answer);
      for (const { id, publicKey, until } of keys) {
        await pg.query(
          `INSERT INTO pay_certificates (workspace_no, account_id, mchid, serial, pem, expires_at, fetched_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (workspace_no, account_id, mchid, serial) DO UPDATE SET pem = EXCLUDED.pem, expires_at = EXCLUDED.expires_at, fetched_at = EXCLUDED.fetched_at`,
          [workspaceNo, accountId, mchid, id, publicKey, until, clock.now()],
        );
      }
      return keys;
    },
  };
}
