import type { Language, Say } from './texts.ts';

/** One bad field of a request: where it is, what is wrong, and how to mend it. */
export interface FieldError {
  field: string;
  reason: string;
}

/** A text that is known in both languages where it is thrown, as mends of platforms are. */
export interface Words {
  en: string;
  zh: string;
}

export interface ProblemOptions {
  detail?: string | Words;
  errors?: FieldError[];
  /** A stable word for programs, such as `identity_conflict`. */
  code?: string;
  /** Further members of the answer, for programs. */
  more?: Record<string, unknown>;
}

/** An error that becomes an RFC 9457 `application/problem+json` answer. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly code: string | undefined;
  readonly more: Record<string, unknown> | undefined;
  readonly #detail: string | Words | undefined;

  constructor(status: number, title: string, options: ProblemOptions = {}) {
    const detail = typeof options.detail === 'object' ? options.detail.en : options.detail;
    super(detail ? `${title}: ${detail}` : title);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.#detail = options.detail;
    this.errors = options.errors;
    this.code = options.code;
    this.more = options.more;
  }

  /** The same in another language. */
  in(language: Language, say: Say): Problem {
    if (language === 'en') return this;
    const detail = typeof this.#detail === 'object' ? this.#detail[language] : this.detail && say(this.detail, language);
    return new Problem(this.status, say(this.title, language), {
      ...(detail === undefined ? {} : { detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors.map((e) => ({ ...e, reason: say(e.reason, language) })) }),
      ...(this.code === undefined ? {} : { code: this.code }),
      ...(this.more === undefined ? {} : { more: this.more }),
    });
  }

  toJSON(): Record<string, unknown> {
    return {
      ...this.more,
      type: this.code ? `urn:yutang:problem:${this.code}` : 'about:blank',
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

export function problem(status: number, title: string, options: ProblemOptions = {}): Problem {
  return new Problem(status, title, options);
}

export function notFound(what: string): Problem {
  return problem(404, `${what} not found`);
}

/** The answer to input that does not fit: 400 with the fields named. */
export function badInput(errors: FieldError[], title = 'The request does not fit'): Problem {
  return problem(400, title, { errors });
}
