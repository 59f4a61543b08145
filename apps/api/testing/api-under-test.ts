import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventLog } from '#event-store';
import { Tokens } from '#platform';
import type { Role } from '#platform';
import { Correlator, assemble, docketEvents } from '#process-managers';
import type { Assembly } from '#process-managers';
import type { ReadModel } from '#read-model';
import { InMemoryEventLog } from '../../../libs/event-store/testing/in-memory-event-log.js';
import { createApi } from '../index.js';
import type { ApiOptions } from '../index.js';

export interface Asked {
  /** null: without a token. Default: analyst. */
  readonly as?: Role | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body`: as it stands. */
  readonly text?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Of a problem. */
  readonly code: string;
}

/** Nothing is projected here: what these tests ask for comes from the streams. */
const emptyReadModel = {
  incident: async () => null,
  alert: async () => null,
  whereabouts: async () => undefined,
  parked: async () => [],
  requestUnpark: async () => 0,
  checkpoints: { position: async () => undefined, reached: async () => undefined },
} as unknown as ReadModel;

/** The api on a log in memory and without a read model, asked without a socket. */
export class ApiUnderTest {
  private correlator: Correlator | undefined;

  private constructor(
    private readonly api: NestFastifyApplication,
    private readonly tokens: Tokens,
    private readonly assembly: Assembly,
  ) {}

  /** What stands in it can be read in a test past the api. */
  get log(): EventLog {
    return this.assembly.log;
  }

  /** `shown`: what the read model answers, where a test has one. */
  static async start(
    shown: Partial<ReadModel> = {},
    settings: ApiOptions['settings'] = { behindProxy: false },
  ): Promise<ApiUnderTest> {
    const readModel = { ...emptyReadModel, ...shown } as ReadModel;
    const log = new InMemoryEventLog(docketEvents);
    const tokens = new Tokens(new Uint8Array(32).fill(3));
    const assembly = assemble({ log, clock: () => new Date(), readModel });
    return new ApiUnderTest(await createApi({ assembly, readModel, tokens, settings }), tokens, assembly);
  }

  /** From now on alerts come into incidents, but not into those that were there before unless they name them. */
  async correlate(): Promise<void> {
    const { log } = this;
    const known = { changedSince: async function* () {}, reached: async () => {} };
    const parts = assemble({ log, clock: () => new Date(), readModel: emptyReadModel });
    this.correlator = new Correlator({ ...parts, known });
    await this.correlator.start();
  }

  async stop(): Promise<void> {
    await this.correlator?.stop();
    await this.assembly.arrivals.stop();
    return this.api.close();
  }

  /** On a free port, which it gives back. */
  async listen(): Promise<number> {
    await this.api.listen(0, '127.0.0.1');
    return (this.api.getHttpServer().address() as AddressInfo).port;
  }

  tokenOf(role: Role): Promise<string> {
    return this.tokens.sign({ id: role, name: role, kind: 'user', roles: [role] }, 60);
  }

  /** `route`: method and address, `GET /v1/incidents`. */
  async ask(route: string, { as = 'analyst', headers, body, text }: Asked = {}): Promise<Answered> {
    const [method, url] = route.split(' ') as ['GET' | 'POST' | 'PUT' | 'DELETE', string];
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const token = as && (await this.tokenOf(as));
    const answer = await this.api.inject({
      method,
      url,
      headers: {
        host: 'localhost:3000',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    const answered = isJson ? answer.json<Record<string, unknown>>() : {};
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answered,
      text: answer.body,
      code: String(answered.type).replace('urn:docket:problem:', ''),
    };
  }

  async openIncident(body: object = {}): Promise<string> {
    return String((await this.ask('POST /v1/incidents', { body })).body.incidentId);
  }

  /** How many events there are in all. */
  async events(): Promise<number> {
    return Number((await this.log.head()) ?? 0n);
  }
}
