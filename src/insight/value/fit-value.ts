import { instantSql, iso, localDate } from '../period.ts';
import { chooseAway } from './away.ts';
import type { CellRows, Chosen, SpendRows, Work } from './choose.ts';
import { cellsSql, customersSql, dailySql, spendsSql } from './customers-sql.ts';
import type { ModelDeps } from './deps.ts';
import { marginOf } from './margin.ts';
import { bandedSql, historicSql, modelledSql, usable } from './people-sql.ts';
import type { ValueSettings } from './schema.ts';
import { invitesOf, spreadOf } from './spread.ts';
import { nextFit, saveFit } from './store.ts';
import { writeTraits } from './traits.ts';
import { least, type ValueFit } from './value-fit.ts';

type Progress = (p: { done: number; total: number }) => Promise<void>;
const steps = 6;
const day = 86_400_000;

/** Fits the models to all orders of a workspace and writes what they say of each person. */
export async function fitValue(deps: ModelDeps, workspaceNo: number, settings: ValueSettings, progress: Progress): Promise<ValueFit> {
  const { ch, pg, clock } = deps;
  const tell = (done: number) => progress({ done, total: steps });
  const zone = await deps.zone(workspaceNo);
  const asOf = clock.ms() + 1;
  const no = await nextFit(pg, workspaceNo);
  const source = (columns?: readonly string[], people?: readonly number[]) => deps.source(workspaceNo, columns, people);
  const plan = { source, zone, asOf };
  const customers = customersSql(plan);
  const [all] = await ch.query<CellRows>(cellsSql(customers));
  const cells = all ?? { x: [], tx: [], T: [], n: [], later: [] };
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const size = {
    buyers: sum(cells.n),
    repeaters: sum(cells.n.filter((_, i) => cells.x[i]! > 0)),
    days: cells.T.reduce((a, b) => Math.max(a, b), 0),
  };
  await tell(1);
  const margin = await marginOf(deps, workspaceNo, asOf, settings);
  const thin = size.buyers < least.buyers || size.repeaters < least.repeaters || size.days < least.days;
  const spends = thin ? undefined : (await ch.query<SpendRows>(spendsSql(customers)))[0];
  const chosen = spends && (await chooseAway(await workOf(deps, plan, cells, spends, size.days, settings)));
  await tell(3);
  const standing = (await deps.standing(workspaceNo)).sql;
  const mean = spends ? sum(spends.mean.map((m, i) => m * spends.n[i]!)) / Math.max(1, sum(spends.n)) : 0;
  const fitted = chosen !== undefined && usable(chosen.spend);
  if (chosen) await writeCells(deps, workspaceNo, no, cells, chosen);
  const people = chosen
    ? modelledSql(
        standing,
        customers,
        `SELECT x, tx, T, alive, orders_90, orders_365, discounted FROM value_cells WHERE workspace_no = ${workspaceNo} AND fit = ${no}`,
        { parameters: fitted ? chosen.spend.parameters : null, mean, margin: margin.rate },
      )
    : historicSql(standing, customers, margin.rate);
  await tell(4);
  const invites = await writeSpread(deps, workspaceNo, no, people, instantSql(asOf), settings);
  const spread = `SELECT person_no, spread, downline FROM value_spread WHERE workspace_no = ${workspaceNo} AND fit = ${no}`;
  await ch.command(`INSERT INTO person_values ${bandedSql(people, spread, workspaceNo, no)}`);
  await tell(5);
  const [counted] = await ch.query<{ people: number; correlation: number | null }>(
    `SELECT count() AS people, corrStableIf(toFloat64(x), mean_fen, x > 0) AS correlation FROM person_values WHERE workspace_no = ${workspaceNo} AND fit = ${no}`,
  );
  const { cells: _, ...model } = chosen ?? { cells: undefined };
  const fit: ValueFit = {
    ...{ no, asOf: iso(asOf), settings, ...size, least, margin },
    state: chosen ? 'model' : 'history',
    people: counted?.people ?? 0,
    model: chosen ? (model as Omit<Chosen, 'cells'>) : null,
    spending: {
      by: fitted ? 'gamma_gamma' : 'means',
      mean,
      correlation: Number.isFinite(counted?.correlation) ? counted!.correlation : null,
    },
    invites,
  };
  await saveFit(pg, workspaceNo, fit);
  if (settings.traits) await writeTraits(deps, workspaceNo, no);
  // The last fit is the one that is asked about; what it stood on and what earlier ones said is not needed any more.
  await ch.command(`DELETE FROM value_cells WHERE workspace_no = ${workspaceNo} AND fit <= ${no}`);
  await ch.command(`DELETE FROM value_spread WHERE workspace_no = ${workspaceNo} AND fit <= ${no}`);
  await ch.command(`DELETE FROM person_values WHERE workspace_no = ${workspaceNo} AND fit < ${no - 1}`);
  await tell(6);
  return fit;
}

/** What the models are fitted to: all of the history, and its first two thirds with what came after. */
async function workOf(
  deps: ModelDeps,
  plan: { source: Parameters<typeof customersSql>[0]['source']; zone: string; asOf: number },
  all: CellRows,
  spends: SpendRows,
  days: number,
  settings: ValueSettings,
): Promise<Work> {
  const laterDays = Math.min(365, Math.floor(days / 3));
  const today = Math.floor(Date.parse(`${localDate(plan.asOf, plan.zone)}T00:00:00Z`) / day);
  const [known] = await deps.ch.query<CellRows>(cellsSql(customersSql({ ...plan, split: today - laterDays })));
  const repeated = known ? known.n.filter((_, i) => known.x[i]! > 0).reduce((a, b) => a + b, 0) : 0;
  return {
    all,
    known: known && repeated >= least.repeaters ? { ...known, laterDays } : undefined,
    spends,
    daily: await deps.ch.query(dailySql(plan)),
    discountRate: settings.discountRate,
    horizonWeeks: settings.horizonWeeks,
  };
}

async function writeCells(deps: ModelDeps, workspaceNo: number, fit: number, rows: CellRows, { cells }: Chosen): Promise<void> {
  const lines = rows.x.map((x, i) =>
    JSON.stringify({
      ...{ workspace_no: workspaceNo, fit, x, tx: rows.tx[i], T: rows.T[i], alive: cells.alive[i] },
      ...{ orders_90: cells.orders90[i], orders_365: cells.orders365[i], discounted: cells.discounted[i] },
    }),
  );
  for (let at = 0; at < lines.length; at += 50_000) await deps.ch.insertText('value_cells', lines.slice(at, at + 50_000).join('\n'));
}

async function writeSpread(
  deps: ModelDeps,
  workspaceNo: number,
  fit: number,
  people: string,
  asOfSql: string,
  { lambda, depth }: ValueSettings,
): Promise<ValueFit['invites']> {
  const { edges, accepted } = await invitesOf(deps, workspaceNo, asOfSql);
  if (edges.length === 0) return { accepted, known: 0 };
  const own = await deps.ch.query<{ no: number; clv: number }>(
    `SELECT person_no AS no, clv FROM (${people}) WHERE clv > 0 AND person_no IN (${edges.map((e) => e.invitee).join(',')})`,
  );
  const spread = spreadOf(edges, new Map(own.map((o) => [o.no, o.clv])), lambda, depth);
  await deps.ch.insertRows(
    'value_spread',
    [...spread].map(([person_no, { value, downline }]) => ({ workspace_no: workspaceNo, fit, person_no, spread: value, downline })),
  );
  return { accepted, known: edges.length };
}
