import { normalisePhone } from '../normalise.ts';

/** A Chinese mobile number, also with its country code and in groups, that is no part of a longer number. */
const mobile = /(?<![\d.-])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-]|\.\d)/g;
const mail = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,24}(?![\w-])/gi;

/**
 * A text with the phones and e-mail addresses in it replaced, each in the form in which it is an identity, so that it is the same value wherever it
 * stands. Numbers of other countries and landlines are not told from numbers of orders and stay.
 */
export function replacePersonal(text: string, stand: (value: string) => string): string {
  return text
    .replace(mail, (found) => stand(found.toLowerCase()))
    .replace(mobile, (found) => {
      const value = normalisePhone(found);
      return value === null ? found : stand(value);
    });
}
