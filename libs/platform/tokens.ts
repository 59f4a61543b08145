import { SignJWT, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { isRole, scopesOf } from './roles.js';
import type { Role, Scope } from './roles.js';

/** Who holds a token, as the events will name them. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'application';
  readonly roles: readonly Role[];
}

/** A holder whose token was verified. */
export interface Principal extends Subject {
  readonly scopes: ReadonlySet<Scope>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export type TokenFlaw = 'expired' | 'not ours' | 'malformed';

export class InvalidToken extends Error {
  constructor(readonly flaw: TokenFlaw) {
    super(`The token is ${flaw}`);
    this.name = 'InvalidToken';
  }
}

const issuer = 'docket';
const audience = 'docket';
const algorithm = 'HS256';

/** Signs and verifies bearer tokens (JWT, HS256) with one key of 32 bytes. */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #clock: () => number;
  // Verifying costs more than the rest of a request's checks together, and a client sends the same token each time.
  readonly #verified = new LRUCache<string, Principal>({ max: 1_000 });

  constructor(key: Uint8Array, clock: () => number = Date.now) {
    this.#key = key;
    this.#clock = clock;
  }

  /** `seconds`: how long the token is good, from now. */
  async sign({ id, name, kind, roles }: Subject, seconds: number): Promise<string> {
    const now = Math.floor(this.#clock() / 1_000);
    return new SignJWT({ name, kind, roles: [...roles] })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(id)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#key);
  }

  /** The holder of a token that was verified before and has not expired; answers at once. */
  known(token: string): Principal | undefined {
    const principal = this.#verified.get(token);
    return principal && principal.expiresAt > this.#clock() ? principal : undefined;
  }

  /** @throws InvalidToken */
  async verify(token: string): Promise<Principal> {
    const known = this.known(token);
    if (known) return known;
    const { payload } = await jwtVerify(token, this.#key, {
      algorithms: [algorithm],
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(this.#clock()),
    }).catch((error: unknown) => {
      throw new InvalidToken(flawOf(error));
    });
    const { sub, exp, name, kind, roles } = payload;
    if (!sub || exp === undefined || !Array.isArray(roles)) throw new InvalidToken('malformed');
    const held = roles.filter(isRole);
    const principal: Principal = {
      id: sub,
      name: typeof name === 'string' && name !== '' ? name : sub,
      kind: kind === 'application' ? 'application' : 'user',
      roles: held,
      scopes: scopesOf(held),
      expiresAt: exp * 1_000,
    };
    this.#verified.set(token, principal);
    return principal;
  }
}

function flawOf(error: unknown): TokenFlaw {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  return 'not ours';
}
