/** One bad field of a request: where it is, what is wrong, and how to mend it. */
export interface FieldError {
  field: string;
  reason: string;
}

export interface ProblemOptions {
  detail?: string;
  errors?: FieldError[];
  /** A stable word for programs, such as `identity_conflict`. */
  code?: string;
}

/** An error that becomes an RFC 9457 `application/problem+json` answer. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly code: string | undefined;

  constructor(status: number, title: string, options: ProblemOptions = {}) {
    super(options.detail ? `${title}: ${options.detail}` : title);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.code = options.code;
  }

  toJSON(): Record<string, unknown> {
    return {
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
