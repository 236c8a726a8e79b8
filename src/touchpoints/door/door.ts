import { randomBytes } from 'node:crypto';
import { enteredProperties, isKey, type Via } from '../enter.ts';
import type { Book, Door } from '../live/book.ts';
import type { Scanned, Scanner } from '../live/scan.ts';
import type { Code } from '../live/schema.ts';
import type { TouchpointDeps } from '../ports.ts';
import type { Trials } from '../trials.ts';
import { checkLink } from './guard.ts';
import { commonText, type Journal } from './journal.ts';
import { landingHtml, type Page, type Passed, prefersEnglish, said } from './landing.ts';
import type { SignIn } from './sign-in.ts';
import { callerOf } from './visitor.ts';

export interface DoorRequest {
  key: string;
  path: string;
  region?: string | undefined;
  /** With what the platform sends a phone back. */
  code?: string | undefined;
  state?: string | undefined;
  headers: { cookie?: string | undefined; 'user-agent'?: string | undefined; 'accept-language'?: string | undefined };
  /** A HEAD request: nobody looks. */
  looked: boolean;
}

export type DoorAnswer =
  | { redirect: string; setCookie?: string | string[] | undefined }
  | { status: number; html: string; setCookie?: string | string[] | undefined; nonce?: string };

type Deps = Pick<TouchpointDeps, 'pg' | 'clock' | 'log' | 'publicUrl' | 'allow' | 'shares'> & {
  book: Book;
  scanner: Scanner;
  journal: Journal;
  trials: Pick<Trials, 'shown'>;
  signIn: SignIn;
  /** A place was taken: the next group may be needed soon. */
  placed(door: Door): void;
};

/** What people meet who scan a code or follow a link. */
export function createDoors(deps: Deps) {
  const { book, journal, clock, log } = deps;
  const secure = deps.publicUrl.startsWith('https:');

  // Unlike any other of any process, without asking the machine for chance at each scan.
  const run = randomBytes(15).toString('base64url');
  let scans = 0;
  const note = async (visitor: string, common: string): Promise<void> => {
    const mark = { id: `scan:${run}:${(scans++).toString(36)}`, ms: clock.ms(), visitor };
    // The person wants to get on; a scan that could not be kept is the lesser loss.
    await journal.add(mark, common).catch((error: unknown) => log.error({ err: error }, 'a scan was not kept'));
  };
  // What the scans of a door have in common is put into text once for as long as the touchpoint is held in memory.
  const texts = new WeakMap<Door, Map<string, string>>();
  const enter = (door: Door, visitor: string, via: Via, target?: { no: number; kind: string }, outcome = 'target') => {
    let known = texts.get(door);
    if (!known) {
      known = new Map();
      texts.set(door, known);
    }
    const name = `${via} ${target?.no} ${outcome}`;
    let text = known.get(name);
    if (text === undefined) {
      text = commonText({
        ws: door.workspaceNo,
        event: 'Touchpoint Entered',
        carrier: door.carrier,
        properties: { ...enteredProperties(door, via, target, door.share), ...(outcome === 'target' ? {} : { outcome }) },
      });
      known.set(name, text);
    }
    return note(visitor, text);
  };
  const plain = (word: 'missing' | 'resting', english: boolean, status: number, setCookie?: string | string[]): DoorAnswer => ({
    status,
    html: landingHtml({ title: said(word, english), text: said(`${word}Text`, english) }, english),
    setCookie,
  });

  // Checked at save; should what is allowed have changed since, it is refused here too: once for as long as the touchpoint is held in memory.
  const checked = new WeakMap<Door, boolean>();
  const leadsOut = (door: Door): boolean => {
    const known = checked.get(door) ?? checkLink(door.url ?? '', deps.allow).length === 0;
    checked.set(door, known);
    return known;
  };

  /** The address that whoever came by passes on: somebody's own way in stays theirs. */
  const addressOf = (door: Door): string => `${deps.publicUrl.replace(/\/$/, '')}/c/${door.share?.key ?? door.key}`;
  const passedOn = (door: Door, { title, text }: Page): Passed => ({
    card: { title: door.code?.landing.title || title, text: door.code?.landing.text || text, url: addressOf(door) },
    ...{ token: undefined, nonce: '' },
  });

  return {
    /** A short link: leads to the one address that stands in the touchpoint. */
    link: async (req: DoorRequest): Promise<DoorAnswer> => {
      const english = prefersEnglish(req.headers['accept-language']);
      const door = isKey(req.key) ? await book.of(req.key) : undefined;
      if (!door?.url) return plain('missing', english, 404);
      if (door.state !== 'live') return plain('resting', english, 200);
      if (!leadsOut(door)) return plain('resting', english, 200);
      const caller = callerOf(req.headers, secure);
      if (req.looked && caller.counted) await enter(door, caller.visitor, 'link');
      return { redirect: door.url, setCookie: caller.setCookie };
    },
    /** A live code: who takes this scan is decided now. */
    code: async (req: DoorRequest): Promise<DoorAnswer> => {
      const english = prefersEnglish(req.headers['accept-language']);
      const door = isKey(req.key) ? await book.of(req.key) : undefined;
      if (!door?.code) return plain('missing', english, 404);
      const caller = callerOf(req.headers, secure);
      // A machine that looks at links takes no place in a group.
      if (!req.looked || !caller.counted) {
        const { title, text } = door.code.landing;
        const page = { title: title || door.name, text };
        return { status: 200, html: landingHtml(page, english, passedOn(door, page)) };
      }
      const known = door.signIn && door.state === 'live' ? await deps.signIn(door.workspaceNo, req, caller) : undefined;
      const setCookie = [...(caller.setCookie ? [caller.setCookie] : []), ...(known?.cookies ?? [])];
      if (known && 'redirect' in known) return { redirect: known.redirect, setCookie };
      const regions = req.region === undefined && door.state === 'live' ? regionsOf(door.code) : [];
      if (regions.length > 0)
        return { status: 200, html: landingHtml({ title: said('region', english), text: '', regions }, english), setCookie };
      const identities = [{ type: 'anonymous_id', id: caller.visitor }, ...(known?.identities ?? [])];
      const fresh = caller.fresh && identities.length === 1;
      const scanned = await deps.scanner(door, { identities, fresh, region: req.region });
      const { target, outcome } = scanned;
      if (outcome !== 'resting') await enter(door, caller.visitor, 'scan', target ?? undefined, outcome);
      if (scanned.placed) deps.placed(door);
      const url = target?.kind === 'url' ? target.content : null;
      if (url && checkLink(url, deps.allow).length === 0) return { redirect: url, setCookie };
      const page = await pageOf(deps, door, scanned, english);
      const token = await deps.shares.tokenFor(door.workspaceNo, new URL(addressOf(door)).pathname, req.headers['user-agent']);
      if (!token) return { status: 200, html: landingHtml(page, english, passedOn(door, page)), setCookie };
      const nonce = randomBytes(12).toString('base64');
      return { status: 200, html: landingHtml(page, english, { ...passedOn(door, page), token, nonce }), setCookie, nonce };
    },
    /** A poster of a trial: shows the live code to some and the static one to the others, each person always the same. */
    poster: async (req: DoorRequest): Promise<DoorAnswer> => {
      const english = prefersEnglish(req.headers['accept-language']);
      const caller = callerOf(req.headers, secure);
      const shown = isKey(req.key) ? await deps.trials.shown(req.key, caller.visitor) : undefined;
      if (!shown) return plain('missing', english, 404);
      if (!shown.content) return plain('resting', english, 200);
      const looked = req.looked && caller.counted && shown.running;
      const known = looked && shown.signIn ? await deps.signIn(shown.workspaceNo, req, caller) : undefined;
      const setCookie = [...(caller.setCookie ? [caller.setCookie] : []), ...(known?.cookies ?? [])];
      if (known && 'redirect' in known) return { redirect: known.redirect, setCookie };
      const { trialId, arm, touchpointId } = shown;
      if (looked)
        await note(
          caller.visitor,
          commonText({ ws: shown.workspaceNo, event: 'Code Shown', carrier: 'web', properties: { trialId, arm, touchpointId } }),
        );
      const html = landingHtml({ title: shown.name, text: shown.text, code: { content: shown.content } }, english);
      return { status: 200, html, setCookie };
    },
  };
}
export type Doors = ReturnType<typeof createDoors>;

/** Where targets go by region and nobody said one, the person is asked. */
const regionsOf = (code: Code): string[] =>
  code.strategy === 'region' ? [...new Set(code.targets.flatMap((t) => (t.off ? [] : t.regions)))] : [];

async function pageOf(deps: Pick<Deps, 'pg'>, door: Door, { outcome, target }: Scanned, english: boolean): Promise<Page> {
  const landing = door.code!.landing;
  if (outcome === 'resting') return { title: said('resting', english), text: said('restingText', english) };
  if (outcome === 'already')
    return { title: target?.name ?? said('already', english), text: `${said('already', english)}\n${said('alreadyText', english)}` };
  const hint = target && target.kind !== 'url' ? target.kind : undefined;
  if (target?.content) return { title: landing.title || target.name, text: landing.text, code: { content: target.content }, hint };
  const picture = target && (await pictureOf(deps, door, target.no));
  if (picture) return { title: landing.title || target.name, text: landing.text, code: { picture }, hint };
  return { title: said('full', english), text: landing.full || said('fullText', english) };
}

async function pictureOf({ pg }: Pick<Deps, 'pg'>, door: Door, no: number): Promise<Buffer | undefined> {
  const [row] = await pg.query<{ picture: Buffer | null }>(
    'SELECT picture FROM touchpoint_targets WHERE workspace_no = $1 AND touchpoint_id = $2 AND no = $3',
    [door.workspaceNo, door.id, no],
  );
  return row?.picture ?? undefined;
}
