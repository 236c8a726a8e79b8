import { createHash } from 'node:crypto';
import type { FieldError } from '../../base/index.ts';
import { contextOf } from './context.ts';
import { whoOf } from './identities.ts';

type Raw = Record<string, unknown>;

/** A message of the Segment spec, yet to be read by the door. */
export type Message = Raw & { type: string };

/** What a record comes to: a message; a change of traits that needs to know those of now; nothing, on purpose; or a refusal. */
export type Converted = { message: Message } | { change: Change; message: Message } | { ignored: string } | FieldError;

export type Change = 'set_once' | 'append' | 'increment' | 'unset' | 'delete';

const isObject = (v: unknown): v is Raw => typeof v === 'object' && v !== null && !Array.isArray(v);
const words = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Events that the SDKs make by themselves, under the names by which all surfaces are known here. */
const names: Record<string, string> = {
  $WebClick: 'Element Clicked',
  $MPClick: 'Element Clicked',
  $AppClick: 'Element Clicked',
  $MPLaunch: 'Application Opened',
  $AppStart: 'Application Opened',
  $MPShow: 'Application Foregrounded',
  $MPHide: 'Application Backgrounded',
  $AppEnd: 'Application Backgrounded',
  $AppInstall: 'Application Installed',
  $MPShare: 'Content Shared',
};
const profile = /^profile_(set|set_once|append|increment|unset|delete)$/;

export function convert(record: unknown, options: { appId?: string | undefined }): Converted {
  if (!isObject(record)) return { field: '', reason: 'must be an object' };
  const type = record.type;
  if (typeof type !== 'string') return { field: 'type', reason: 'must be a text such as track or profile_set' };
  if (/^item_/.test(type)) return { ignored: 'items are kept as products; import them' };
  if (type === 'track_id_unbind') return { ignored: 'identities are taken from a person in the console, by hand' };
  const given = record.properties ?? {};
  if (!isObject(given)) return { field: 'properties', reason: 'must be an object' };
  const { $is_login_id: _, $time: written, ...properties } = given;
  const who = whoOf(record, given, words(given.$app_id) ?? options.appId);
  const at = instant(record.time ?? written);
  if (typeof at === 'object') return at;
  const common = {
    messageId: `sa:${markOf(record)}`,
    timestamp: at,
    userId: who.userId,
    anonymousId: who.anonymousId,
    context: { ...contextOf(record, properties), externalIds: who.externalIds },
  };
  const change = profile.exec(type)?.[1];
  if (change) {
    // What only the SDK cares for is no trait.
    const traits = Object.fromEntries(
      Object.entries(properties)
        .filter(([key]) => !/^\$(?:lib|is_|first_|token)/.test(key))
        .map(([key, value]) => [traitNames[key] ?? key, value]),
    );
    const message: Message = { ...common, type: 'identify', traits };
    return change === 'set' ? { message } : { change: change as Change, message };
  }
  if (type === 'track_signup' || type === 'track_id_bind') {
    const signed = type === 'track_signup' ? (who.userId ?? words(record.distinct_id)) : who.userId;
    return {
      message: {
        ...common,
        type: 'track',
        event: words(record.event) ?? '$SignUp',
        userId: signed,
        anonymousId: words(record.original_id) ?? (who.anonymousId === signed ? undefined : who.anonymousId),
        properties,
      },
    };
  }
  if (type !== 'track') return { field: 'type', reason: `"${type.slice(0, 40)}" is not known here` };
  const event = record.event;
  if (typeof event !== 'string' || event === '') return { field: 'event', reason: 'must be a text that names what happened' };
  if (event === '$pageview')
    return { message: { ...common, type: 'page', name: '', properties: { ...pageOf(properties), ...properties } } };
  if (event === '$MPViewScreen' || event === '$AppViewScreen') {
    const name = words(properties.$url_path) ?? words(properties.$screen_name) ?? words(properties.$title) ?? '';
    return { message: { ...common, type: 'screen', name: name.slice(0, 200), properties: { ...pageOf(properties), ...properties } } };
  }
  return {
    message: { ...common, type: 'track', event: names[event] ?? event, properties: { ...plainOf(event, properties), ...properties } },
  };
}

const traitNames: Record<string, string> = {
  $name: 'name',
  $gender: 'gender',
  $birthday: 'birthday',
  $city: 'city',
  $province: 'province',
  $avatar: 'avatar',
};

/** One record has one mark, however often it is sent: by its own number where the SDK gives one, else by all it says. */
function markOf(record: Raw): string {
  const { _flush_time: _, ...said } = record;
  const properties = isObject(record.properties) ? record.properties : {};
  const own = record._track_id ?? properties.$event_id ?? properties.$track_id;
  const text =
    own === undefined
      ? JSON.stringify(said)
      : JSON.stringify([own, record.type, record.event, record.time, record.distinct_id, record.anonymous_id]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}

function instant(given: unknown): string | undefined | FieldError {
  if (given === undefined || given === null) return undefined;
  const ms =
    typeof given === 'number'
      ? given
      : typeof given === 'string'
        ? /^\d{12,14}$/.test(given)
          ? Number(given)
          : Date.parse(given)
        : Number.NaN;
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : { field: 'time', reason: 'must be an instant in milliseconds' };
}

const pageOf = (p: Raw): Raw => ({ url: p.$url, path: p.$url_path, title: p.$title, referrer: p.$referrer });

/** What an event of the SDK's own says, in the words that ours use. */
function plainOf(event: string, p: Raw): Raw {
  if (/^\$(?:Web|MP|App)Click$/.test(event))
    return {
      element_tag: typeof p.$element_type === 'string' ? p.$element_type.toLowerCase() : undefined,
      element_id: p.$element_id,
      element_name: p.$element_name,
      element_text: p.$element_content,
      element_href: p.$element_target_url,
      element_chain: chainOf(words(p.$element_path) ?? words(p.$element_selector), words(p.$element_class_name)),
      path: p.$url_path ?? p.$screen_name,
    };
  if (/^\$(?:MPLaunch|AppStart)$/.test(event))
    return { scene: p.$scene, path: p.$url_path, from_background: p.$resume_from_background === true };
  if (event === '$MPShare') return { path: p.$url_path, method: p.$share_method };
  return {};
}

/** `body > div#a:nth-of-type(2)>button` as our chains are written; the classes are those of the target. */
function chainOf(path: string | undefined, classes: string | undefined): string | undefined {
  if (!path) return undefined;
  const steps = path
    .split('>')
    .map((step) => step.trim().replace(':nth-of-type(1)', '').replace(/^#/, '*#'))
    .filter((step) => step && !/^(?:html|body)\b/.test(step));
  const last = steps.pop();
  if (last === undefined) return undefined;
  const named = (classes ?? '')
    .split(/\s+/)
    .filter((one) => /^[\w-]{1,40}$/.test(one) && !last.includes(`.${one}`))
    .slice(0, 5)
    .map((one) => `.${one}`)
    .join('');
  const nth = /:nth-of-type\(\d+\)$/.exec(last)?.[0] ?? '';
  return [...steps, `${last.slice(0, last.length - nth.length)}${named}${nth}`].slice(-10).join(' > ');
}
