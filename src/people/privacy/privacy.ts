import type { Clock, Log, Pg } from '../../base/index.ts';
import type { Identity } from '../identity-types.ts';
import { type Concealable, type Concealer, conceal, concealBag, personalTypes, tokenShape } from './conceal.ts';
import { Erased } from './erased.ts';
import { replacePersonal } from './free-text.ts';
import { Keys } from './keys.ts';
import { maskOf } from './mask.ts';
import { restoreMasks, valuesOfMasks } from './masks-back.ts';
import { openWith, type Secret, sealValue, Vault } from './vault.ts';
import { type Declared, type Names, namesOf } from './words.ts';

export interface PrivacyDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** The master keys, the current one first. */
  masters: readonly string[];
  /** Which traits and properties are personal: the catalogue's word. */
  declared(workspaceNo: number): Promise<Declared>;
}

type Bag = Record<string, unknown>;

export type Privacy = Awaited<ReturnType<typeof createPrivacy>>;

/** Personal values of all workspaces: what is one, its token, what the token stands for, and who was erased. */
export async function createPrivacy(deps: PrivacyDeps) {
  const { pg } = deps;
  const keys = new Keys(deps);
  const rewrapped = await keys.rewrap();
  if (rewrapped > 0) deps.log.info({ keys: rewrapped }, 'data keys are now wrapped by the current master key');
  const vault = new Vault(pg, keys);
  const erased = new Erased(pg, () => vault.forget());
  await erased.load(pg);
  /** A concealer for a workspace as it is now; what it meets for the first time is sealed into `secrets`. */
  const concealer = async (workspaceNo: number, secrets: Secret[]): Promise<Concealer> => {
    const [open, declared] = await Promise.all([keys.of(workspaceNo), deps.declared(workspaceNo)]);
    const met = new Set<string>();
    return {
      names: namesOf(declared),
      token: (value) => {
        const token = vault.token(workspaceNo, open, value);
        if (token !== value && !met.has(token) && !vault.isStored(workspaceNo, token)) {
          met.add(token);
          secrets.push(sealValue(workspaceNo, open, token, value));
        }
        return token;
      },
    };
  };
  const tokenOf = async (workspaceNo: number, value: string | number): Promise<string> =>
    vault.token(workspaceNo, await keys.of(workspaceNo), value);

  /** Hides something that is kept elsewhere than in events; what is new is stored before this returns. */
  const concealed = async <T>(workspaceNo: number, hide: (c: Concealer) => T): Promise<T> => {
    const secrets: Secret[] = [];
    const hidden = hide(await concealer(workspaceNo, secrets));
    await vault.store(pg, workspaceNo, secrets);
    vault.noteStored(workspaceNo, secrets);
    return hidden;
  };

  return {
    keys,
    vault,
    erased,
    declared: (workspaceNo: number): Promise<Declared> => deps.declared(workspaceNo),
    names: async (workspaceNo: number): Promise<Names> => namesOf(await deps.declared(workspaceNo)),
    /** Messages with personal values replaced by tokens. Values that are new come along sealed: they belong into the transaction of the batch. */
    hide: async <T extends Concealable>(workspaceNo: number, items: readonly T[]): Promise<{ items: T[]; secrets: Secret[] }> => {
      const secrets: Secret[] = [];
      const c = await concealer(workspaceNo, secrets);
      return { items: items.map((item) => conceal(item, c)), secrets };
    },
    /** Traits that are kept elsewhere than in events: hidden, what is new stored at once. */
    hideBags: (workspaceNo: number, bags: readonly Bag[]): Promise<Bag[]> =>
      concealed(workspaceNo, (c) => bags.map((bag) => concealBag(bag, c.names.traits, c))),
    /** Texts as they are kept that somebody wrote freely: without the phones and e-mails that can be told in them. */
    hideTexts: (workspaceNo: number, texts: readonly string[]): Promise<string[]> =>
      concealed(workspaceNo, (c) => texts.map((text) => replacePersonal(text, (value) => c.token(value)))),
    /** An identity as it is kept: for look-ups. */
    blind: async (workspaceNo: number, { type, value }: Identity): Promise<Identity> =>
      personalTypes.has(type) ? { type, value: await tokenOf(workspaceNo, value) } : { type, value },
    /** Tokens of values that somebody wrote into a rule. `keep`: the rule is kept, so they must be shown again. */
    tokens: async (workspaceNo: number, values: readonly (string | number)[], keep: boolean): Promise<string[]> => {
      const meant = await valuesOfMasks(pg, vault, workspaceNo, values);
      const plain = values.map((value) => meant.get(value as string) ?? value);
      return keep
        ? concealed(workspaceNo, (c) => plain.map((value) => c.token(value)))
        : Promise.all(plain.map((value) => tokenOf(workspaceNo, value)));
    },
    /** Tokens of values that are kept from now on, whatever they look like. */
    seal: (workspaceNo: number, values: readonly (string | number)[]): Promise<string[]> =>
      concealed(workspaceNo, (c) => values.map((value) => c.token(value))),
    /** The token of a value, for comparison alone: nothing is stored. */
    tokenOf,
    /** What somebody who was shown masks sends back, with the values in their places. */
    restore: <T>(workspaceNo: number, value: T, before: unknown): Promise<T> => restoreMasks(vault, workspaceNo, value, before),
    openAll: <T>(workspaceNo: number, value: T): Promise<T> => vault.openAll(workspaceNo, value),
    /** Traits of people as templates read them, and what is kept of a text made of them: the text with tokens in place of the values. */
    inTexts: async (workspaceNo: number, traits: Map<number, Record<string, unknown>>) => {
      const tokens = new Map<number, string[]>();
      for (const [no, bag] of traits) {
        const found = JSON.stringify(bag).match(tokenShape);
        if (found) tokens.set(no, found);
      }
      if (tokens.size === 0) return { traits, hide: (_no: number, text: string) => text };
      const values = await vault.open(workspaceNo, [...tokens.values()].flat());
      const clear = new Map(traits);
      for (const no of tokens.keys()) clear.set(no, openWith(traits.get(no)!, values));
      const hide = (no: number, text: string): string => {
        let hidden = text;
        for (const token of tokens.get(no) ?? []) {
          const value = String(values.get(token) ?? '');
          // A very short value stands in many texts by chance.
          if (value.length >= 4) hidden = hidden.replaceAll(value, token);
        }
        return hidden;
      };
      return { traits: clear, hide };
    },
    /** The same with masks in place of tokens: for previews. */
    masked: async (workspaceNo: number, traits: Map<number, Record<string, unknown>>): Promise<Map<number, Record<string, unknown>>> => {
      const values = await vault.open(workspaceNo, JSON.stringify([...traits.values()]).match(tokenShape) ?? []);
      const masks = new Map([...values].map(([token, value]) => [token, maskOf(String(value))]));
      return new Map([...traits].map(([no, bag]) => [no, openWith(bag, masks)]));
    },
    /** What other processes changed: settings, erasures. */
    refresh: async (): Promise<void> => {
      await erased.load(pg);
    },
    /** What the writer of events does in the transaction of each batch. */
    batch: {
      /** Throws when somebody was erased since this process last looked: what it remembers of people may be stale. */
      begin: (tx: Pg) => erased.begin(tx),
      store: (tx: Pg, workspaceNo: number, secrets: readonly Secret[]) => vault.store(tx, workspaceNo, secrets),
      stored: (workspaceNo: number, secrets: readonly Secret[]) => vault.noteStored(workspaceNo, secrets),
      isErased: (person: number) => erased.has(person),
    },
  };
}
