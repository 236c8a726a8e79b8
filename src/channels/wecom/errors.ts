import {
  drop,
  dropItem,
  type FailureOptions,
  fault,
  PlatformError,
  PlatformUnreachable,
  type Reaction,
  reactionTable,
  UNKNOWN,
  wrongSecret,
} from '../platform/errors.ts';

/**
 * What every WeCom error number means to us, as data. The same number means other things on an official account, so this table is
 * WeCom's alone. The text of an answer is never matched.
 */
export const reactions = reactionTable([
  [[-1], { class: 'R', meaning: 'platform is busy', tries: 3 }],
  [[6000], { class: 'R', meaning: 'version conflict', tries: 3 }],
  [[40001], wrongSecret('wrong secret')],
  [[40013], wrongSecret('wrong corp id')],
  [[40014], { class: 'T', meaning: 'bad token' }],
  [[42001], { class: 'T', meaning: 'token expired' }],
  [[41001], drop('token missing')],
  [[40029, 40163, 42022], drop('login code bad or used')],
  [[40003, 60111, 46004], dropItem('unknown user id')],
  [[40007], drop('media is bad or older than three days')],
  [[40033, 40035, 40058, 44004, 45002, 47001, 47003], drop('parameters do not fit')],
  [[40096, 41035, 41056], dropItem('external user id is not valid')],
  [[84061], { class: 'D', meaning: 'no relation with this person', item: true, laterMs: [2_000, 10_000, 60_000] }],
  [[40098], drop('staff member is not real-name verified')],
  [[41054], drop('staff member is not activated')],
  [[41041], fault('more than 100 users')],
  [[41045], fault('quota is full')],
  [[41043, 41044], drop('contact way is missing: make it again')],
  [[41048], drop('nobody to send to')],
  [[41050], drop('welcome code is late or not valid')],
  [[41051], { class: 'S', meaning: 'welcome was already delivered' }],
  [[41053], drop('customer has not agreed to archiving')],
  [[41096], { class: 'R', meaning: 'another app is sending the welcome', laterMs: [1_000] }],
  [[41063], { class: 'R', meaning: 'still being dispatched', laterMs: [5_000, 30_000, 120_000] }],
  [[40097, 40099, 40100, 40128, 40129, 40130, 40131], dropItem('hand-over is not possible')],
  [[40068], drop('bad tag id')],
  [[40071], drop('tag name exists')],
  [[40126], fault('corp tags are full')],
  [[81011], drop('tag belongs to another app')],
  [[41057], fault('no developer account is bound')],
  [[610014], dropItem('bad unionid')],
  [[610015, 610016, 610017], fault('accounts are not certified or have different owners')],
  [[48001, 48002, 48004, 48006, 48008, 301002], fault('API is not permitted')],
  [[50001, 50002, 50003], fault('app is disabled or banned', 'credential')],
  [[60020], fault('IP address is not trusted', 'credential')],
  [[60011, 60021, 81013, 82001], drop('outside the visible range')],
  [[81017], drop('too many owners: filter by owner')],
  [[45009], { class: 'W', meaning: 'over quota' }],
  [[45029], drop('answer is too large: page smaller')],
  [[45033], { class: 'R', meaning: 'too many at once', tries: 6, pauseMs: [200, 2_000], crowded: true }],
  [[50100], drop('cursor is not valid: restart paging')],
  [[49008, 90500, 90501, 90502, 90504, 90507, 90508], drop('group does not allow this')],
  [[95001, 95002, 95018], drop('customer service session does not allow this')],
]);

export const reactionTo = (errcode: number): Reaction => reactions.get(errcode) ?? UNKNOWN;

export class WecomError extends PlatformError {
  constructor(errcode: number, endpoint: string, options: FailureOptions = {}) {
    super('WeCom', reactionTo(errcode), errcode, endpoint, options);
    this.name = 'WecomError';
  }
}

export class WecomUnreachable extends PlatformUnreachable {
  constructor(endpoint: string, why: string, inDoubt: boolean) {
    super('WeCom', endpoint, why, inDoubt);
    this.name = 'WecomUnreachable';
  }
}

export const hintOf = (errmsg: string): string => /hint:\s*\[([^\]]{1,80})\]/.exec(errmsg)?.[1] ?? '';
