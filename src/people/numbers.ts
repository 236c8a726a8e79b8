/**
 * A person is a dense number inside (bitmaps, sort order) and an opaque id outside.
 * The id is the number under a fixed permutation of 32 bits, so neither needs a look-up; who may see a person
 * is decided by workspace, never by knowing an id.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function mix(value: number): number {
  let v = value >>> 0;
  v = Math.imul(v, 0x9e3779b1) >>> 0;
  v = (v ^ (v >>> 15)) >>> 0;
  v = Math.imul(v, 0x85ebca6b) >>> 0;
  return (v ^ (v >>> 16)) >>> 0;
}

function inverse(odd: number): number {
  let x = odd;
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x >>> 0;
}
const back1 = inverse(0x85ebca6b);
const back2 = inverse(0x9e3779b1);

function unmix(value: number): number {
  let v = value >>> 0;
  v = (v ^ (v >>> 16)) >>> 0;
  v = Math.imul(v, back1) >>> 0;
  v = (v ^ (v >>> 15) ^ (v >>> 30)) >>> 0;
  return Math.imul(v, back2) >>> 0;
}

/** The opaque id of a person number: `p_` and seven letters. */
export function personId(no: number): string {
  let v = mix(no);
  let text = '';
  for (let i = 0; i < 7; i++) {
    text = alphabet[v & 31] + text;
    v = Math.floor(v / 32);
  }
  return `p_${text}`;
}

/** The number of a person id; 0 (nobody) when the text is not one. */
export function personNo(id: string): number {
  if (!/^p_[0-9a-hjkmnp-tv-z]{7}$/.test(id)) return 0;
  let v = 0;
  for (const letter of id.slice(2)) v = v * 32 + alphabet.indexOf(letter);
  return v > 0xffffffff ? 0 : unmix(v);
}
