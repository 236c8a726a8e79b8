const mail = /[^\s@<>"'()]{1,64}@[^\s@<>"'()]+\.[^\s@<>"'()]+/g;
/** Six digits or more in a row, however they are set: phone, card, identity and order numbers, one-time codes. */
const digits = /\d(?:[\s.\-_()/]{0,2}\d){5,}[xX]?/g;
/** Names of fields and parameters whose values are nobody's business. */
export const secretName =
  /pass|pwd|secret|token|session|signature|\bsig\b|credential|api_?key|auth|card|cvv|cvc|otp|captcha|\bpin\b|(?:verif|sms|one.?time|invite)\w*code|^code$|ssn|bank|sfz|id_?(?:no|num|card)|phone|mobile|tel\b|mail|openid|unionid|密码|验证码|卡号|身份证|手机/i;

/** Text without what looks like a secret, on one line, of a bearable length. */
export function scrub(text: string, most = 255): string {
  const short = text.slice(0, 2_000);
  return (short.indexOf('@') < 0 ? short : short.replace(mail, '***')).replace(digits, '***').replace(/\s+/g, ' ').trim().slice(0, most);
}

/** An address without credentials, and without the values of parameters that are secret by name or by look. */
export function scrubUrl(url: string): string {
  const [, scheme = '', host = '', path = '', query = '', fragment = ''] =
    /^(?:(https?:)?\/\/(?:[^/?#]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/i.exec(url) ?? [];
  const said = scrubQuery(query);
  // A fragment is an address in pages that route by it, and may be anything in others.
  const kept = /^!?\//.test(fragment) ? `#${scrubUrl(fragment.replace(/^(!?)\/\//, '$1/'))}` : '';
  return `${host && `${scheme}//${host}`}${scrub(path, 900)}${said && `?${said}`}${kept}`.slice(0, 1_000);
}

export function scrubQuery(query: string): string {
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) return scrub(pair);
      const name = pair.slice(0, at);
      const value = pair.slice(at + 1);
      const plain = decoded(value);
      const secret =
        secretName.test(decoded(name)) || /^[\w+/=.-]{33,}$/.test(plain) || scrub(plain, 999) !== plain.replace(/\s+/g, ' ').trim();
      return `${name}=${secret && !/^(utm_|yt_)/.test(name) ? '***' : value}`;
    })
    .join('&');
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
