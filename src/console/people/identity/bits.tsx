import type { Identity } from '../../api/identity.ts';

export function IdentityText({ identity }: { identity: Identity }) {
  return (
    <span style={{ minWidth: 0 }}>
      <span className="soft small">{identity.type}</span>
      <span className="mono clip" style={{ display: 'block' }}>
        {identity.id}
      </span>
    </span>
  );
}
