import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';

interface Left {
  messages: number;
  customers: number;
}

/** Customers by how many more they may have; many different numbers are put together. */
export function LeftBars({ left, total, after }: { left: Left[]; total: number; after?: Left[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = grouped(left, after);
  return (
    <div className="stack tight" data-testid="left-bars">
      {rows.map((row) => (
        <div key={row.label} className="row" style={{ gap: 10 }}>
          <span className="small" style={{ flex: '0 0 96px' }}>
            {row.to === 0 ? t('reach.leftNone') : t('reach.leftLine', { n: row.label })}
          </span>
          <span style={{ flex: 1, minWidth: 0 }}>
            <Bar part={total ? row.customers / total : 0} bad={row.to === 0} />
            {after && <Bar part={total ? row.later / total : 0} bad={row.to === 0} faint />}
          </span>
          <span className="num small" style={{ flex: '0 0 auto', textAlign: 'right', minWidth: 56 }}>
            {format.number(row.customers)}
            {after && ` → ${format.number(row.later)}`}
          </span>
        </div>
      ))}
    </div>
  );
}

function Bar({ part, bad, faint }: { part: number; bad: boolean; faint?: boolean }) {
  return (
    <span
      style={{
        ...{ display: 'block', height: faint ? 5 : 10, borderRadius: 3, marginTop: faint ? 2 : 0, opacity: faint ? 0.55 : 1 },
        ...{ width: `${Math.max(part * 100, part > 0 ? 1 : 0)}%`, background: bad ? 'var(--bad)' : 'var(--good)' },
      }}
    />
  );
}

const most = 8;

function grouped(left: Left[], after: Left[] = []): { label: string; to: number; customers: number; later: number }[] {
  const all = [...new Set([...left, ...after].map((one) => one.messages))].sort((a, b) => b - a);
  const whole = all.filter((n) => n > 0);
  const size = Math.max(1, Math.ceil(whole.length / most));
  const sum = (list: Left[], from: number, to: number) =>
    list.filter((one) => one.messages <= from && one.messages >= to).reduce((n, one) => n + one.customers, 0);
  const rows: { label: string; to: number; customers: number; later: number }[] = [];
  for (let i = 0; i < whole.length; i += size) {
    const part = whole.slice(i, i + size);
    const [from, to] = [part[0]!, part.at(-1)!];
    rows.push({ label: from === to ? String(from) : `${to}–${from}`, to, customers: sum(left, from, to), later: sum(after, from, to) });
  }
  if (all.includes(0)) rows.push({ label: '0', to: 0, customers: sum(left, 0, 0), later: sum(after, 0, 0) });
  return rows;
}
