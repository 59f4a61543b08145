import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { join, relative } from 'node:path';
import type { Db } from 'mongodb';
import { connectEventStore } from '#event-store';
import type { EventLog } from '#event-store';
import { docketEvents } from '#process-managers';
import { Lease, connectMongo } from '#read-model';
import type { LeaseDocument, ReadModelConnection } from '#read-model';
import { Client, tokenFor } from '../../e2e/client.js';
import { RunningProgram, builtPrograms, temporaryFolder } from '../../e2e/processes.js';

/** The n-th bulk of writes of a projector, of which a share is carried out. */
export interface FatalWrite {
  readonly nth: number;
  /** 0 to 1. */
  readonly share: number;
}

/** A whole docket on embedded stores, each part in a process of its own, to be killed on its own. */
export class DocketInParts {
  readonly #key = randomBytes(32);
  readonly #started: RunningProgram[] = [];
  #folder!: Awaited<ReturnType<typeof temporaryFolder>>;
  #settings: Readonly<Record<string, string>> = {};
  #mongo!: RunningProgram;
  #connection!: ReadModelConnection;
  api!: RunningProgram;
  /** The one that was started last. */
  projector!: RunningProgram;
  address!: string;
  log!: EventLog;

  private constructor(private readonly programs: string) {}

  static async start(programs = builtPrograms): Promise<DocketInParts> {
    const docket = new DocketInParts(programs);
    docket.#folder = await temporaryFolder();
    await docket.#startAll().catch(async (error: unknown) => {
      await docket.end();
      throw error;
    });
    return docket;
  }

  async #startAll(): Promise<void> {
    const store = this.run('libs/embedded-eventstore/main.js', [
      '--port',
      '0',
      '--data',
      `${this.#folder.path}/events`,
    ]);
    const [eventStoreUrl, mongodbUrl] = await Promise.all([store.says(/(esdb:\S+)/), this.startMongo('0')]);
    this.#settings = {
      EVENTSTORE_URL: eventStoreUrl,
      MONGODB_URL: mongodbUrl,
      DOCKET_TOKEN_KEY: this.#key.toString('base64url'),
      DOCKET_PORT: '0',
      DOCKET_PROJECTOR_PORT: '0',
    };
    this.log = connectEventStore({ url: eventStoreUrl, catalogue: docketEvents });
    this.#connection = await connectMongo(mongodbUrl);
    this.api = this.run('apps/api/main.js');
    const [address] = await Promise.all([this.api.says(/(http:\/\/127\.0\.0\.1:\d+)/), this.startProjector()]);
    this.address = address;
  }

  /** What the tests look at past the API. */
  get db(): Db {
    return this.#connection.db;
  }

  async as(id: string): Promise<Client> {
    return new Client(this.address, await tokenFor(this.#key, id, 'admin'));
  }

  run(program: string, args: string[] = [], settings: Readonly<Record<string, string>> = {}): RunningProgram {
    const running = new RunningProgram(program, args, { ...this.#settings, ...settings }, undefined, this.programs);
    this.#started.push(running);
    return running;
  }

  /** Resolves when it is ready, which it is too where it stands by. */
  async startProjector(): Promise<RunningProgram> {
    const projector = this.run('apps/projector/main.js');
    await projector.says(/ready on (\S+)/);
    return (this.projector = projector);
  }

  startRebuild(): RunningProgram {
    return this.#runOwn('rebuilding.mjs');
  }

  /** A program of this folder, made of those of the build. */
  #runOwn(file: string, settings: Readonly<Record<string, string>> = {}): RunningProgram {
    const program = relative(this.programs, join(import.meta.dirname, file));
    return this.run(program, [], { PROGRAMS: this.programs, ...settings });
  }

  /** Resolves when it is dead. */
  async startDoomedProjector({ nth, share }: FatalWrite): Promise<void> {
    const doomed = this.#runOwn('doomed-projector.mjs', { DIES_AT_WRITE: `${nth} ${share}` });
    const isDead = await Promise.race([doomed.ended.then(() => true), sleep(20_000, false, { ref: false })]);
    if (!isDead) throw new Error(`The projector does not come to its write ${nth}; it said:\n${doomed.output}`);
  }

  /** Resolves with its address, which is the same each time. */
  async startMongo(port = new URL(this.#settings.MONGODB_URL!).port): Promise<string> {
    this.#mongo = this.run('libs/embedded-mongodb/main.js', [
      '--port',
      port,
      '--data',
      `${this.#folder.path}/documents`,
    ]);
    return this.#mongo.says(/(mongodb:\S+)/);
  }

  async stopMongo(signal: NodeJS.Signals): Promise<void> {
    await this.#mongo.stop(signal);
  }

  async leaseHolder(): Promise<string | null> {
    return (await this.db.collection<LeaseDocument>('leases').findOne({ _id: 'projector' }))?.holder ?? null;
  }

  /** Gives the lease back for one that was killed: whoever killed it need not wait until its beat has stood still for long enough. */
  async giveLeaseBack(): Promise<void> {
    const lease = new Lease(this.db);
    await lease.seize();
    await lease.release();
  }

  async end(): Promise<void> {
    await this.#connection?.close();
    await this.log?.close();
    await Promise.all(this.#started.map((program) => program.stop('SIGKILL')));
    await this.#folder.remove();
  }
}
