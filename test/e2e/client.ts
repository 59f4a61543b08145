import { Tokens } from '#platform';
import type { Role } from '#platform';

export interface Answer<Body = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of JSON. */
  readonly raw?: string;
}

/** Speaks to the API over HTTP as somebody. */
export class Client {
  constructor(
    readonly address: string,
    readonly token: string | undefined,
  ) {}

  get(path: string, extras?: Extras): Promise<Answer> {
    return this.#send('GET', path, undefined, extras);
  }

  post(path: string, body: unknown = {}, extras?: Extras): Promise<Answer> {
    return this.#send('POST', path, body, extras);
  }

  /** Reads what is true after a command: the answer waits for the projections to have passed it. */
  after(position: string, path: string): Promise<Answer> {
    return this.get(path, { headers: { 'docket-after': position } });
  }

  async #send(method: string, path: string, body: unknown, { headers = {}, raw }: Extras = {}): Promise<Answer> {
    const response = await fetch(this.address + path, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(method === 'POST' && { body: raw ?? JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
}

export const tokenFor = (key: Uint8Array, id: string, role: Role): Promise<string> =>
  new Tokens(key).sign({ id, name: id, kind: 'user', roles: [role] }, 3_600);
