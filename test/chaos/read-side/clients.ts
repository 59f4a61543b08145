import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../e2e/client.js';
import { alert, device } from '../../e2e/reports.js';
import { must } from '../material.js';
import type { DocketInParts } from './docket-in-parts.js';
import { filters } from './filters.js';
import type { FilterName } from './filters.js';

/** What a client asked for, and what it was shown. */
export interface Sighting {
  readonly client: string;
  readonly path: string;
  readonly asked:
    | { readonly for: 'incident' | 'alert' }
    | { readonly for: 'queue'; readonly filter: FilterName }
    | { readonly for: 'alerts of'; readonly incidentId: string };
  /** Sent as `Docket-After`. */
  readonly token: bigint | undefined;
  readonly status: number;
  readonly body: any;
}

/** Incidents and alerts that somebody has heard of. */
interface Known {
  readonly incidentIds: string[];
  readonly alertIds: string[];
}

/** Between two things that a client does, so that the processor is there for the read side too. */
const pauseMs = 12;

/** Clients that work with the queue at the same time, each one thing after the other, until they are told to end. */
export class Clients {
  readonly #sightings: Sighting[] = [];
  readonly #known: Known = { incidentIds: [], alertIds: [] };
  /** Of the last command that was answered. */
  #acknowledged = 0n;
  #justChanged = '';
  #isOver = false;
  #working: Promise<unknown> = Promise.resolve();

  static async begin(docket: DocketInParts): Promise<Clients> {
    const clients = new Clients();
    const [product, kim, lee, mia, noa, dashboard] = (await Promise.all(
      ['product', 'kim', 'lee', 'mia', 'noa', 'dashboard'].map((id) => docket.as(id)),
    )) as [Client, Client, Client, Client, Client, Client];
    for (let nth = 0; nth < 5; nth += 1) await clients.#open(kim);
    clients.#working = Promise.all([
      clients.#until(() => clients.#report(product), 5 * pauseMs),
      clients.#until(() => clients.#command(kim), pauseMs),
      clients.#until(() => clients.#command(lee), pauseMs),
      clients.#read('mia', mia),
      clients.#read('noa', noa),
      clients.#until(() => clients.#see('dashboard', dashboard, ...aQueue(), undefined), 5 * pauseMs),
    ]);
    return clients;
  }

  /** Resolves when so much more was seen. */
  async see(more: number): Promise<void> {
    const seen = () => this.#sightings.filter(({ status }) => status === 200).length;
    for (const before = seen(); seen() < before + more && !this.#isOver;) await sleep(pauseMs);
  }

  /** Resolves with all that they saw, each client's in its order. Rejects where the API did not answer. */
  async end(): Promise<readonly Sighting[]> {
    this.#isOver = true;
    await this.#working;
    return this.#sightings;
  }

  async #until(act: () => Promise<unknown>, restMs: number): Promise<void> {
    while (!this.#isOver) {
      await act();
      await sleep(restMs);
    }
  }

  async #open(client: Client): Promise<void> {
    const opening = { displayName: 'Opened by hand', customTags: [pick(tags)] };
    const { incidentId } = (await must(client.post('/v1/incidents', opening))).body;
    this.#known.incidentIds.push((this.#justChanged = incidentId));
  }

  /** A product does not wait for the incidents of its alerts. */
  async #report(product: Client): Promise<void> {
    const report = alert({ evidence: [device(`pc-${die(6)}`)], severity: pick(['low', 'medium', 'high']) });
    const into = chance(0.7) ? { incidentId: pick(this.#known.incidentIds) } : {};
    const { status } = await product.post(
      '/v1/alerts',
      { ...report, ...into },
      { headers: { prefer: 'respond-async' } },
    );
    if (status < 300) this.#known.alertIds.push(report.id);
  }

  /** Sends with each question the last position that anybody was answered, or that it was shown itself. */
  async #read(name: string, client: Client): Promise<void> {
    let seen = 0n;
    await this.#until(async () => {
      const token = larger(seen, this.#acknowledged);
      const shown = await this.#see(name, client, ...this.#aQuestion(), token);
      for (const { position } of shown ? [shown, ...(shown.value ?? [])] : []) seen = larger(seen, BigInt(position));
    }, pauseMs);
  }

  async #see(
    name: string,
    client: Client,
    path: string,
    asked: Sighting['asked'],
    token: bigint | undefined,
  ): Promise<any> {
    const headers = token === undefined ? {} : { 'docket-after': String(token) };
    const { status, body } = await client.get(path, { headers });
    this.#sightings.push({ client: name, path, asked, token, status, body });
    return status === 200 ? body : undefined;
  }

  /** Mostly for what was just changed. */
  #aQuestion(): readonly [path: string, Sighting['asked']] {
    const incidentId = chance(0.7) ? this.#justChanged : pick(this.#known.incidentIds);
    const dice = Math.random();
    if (dice < 0.4) return [`/v1/incidents/${incidentId}`, { for: 'incident' }];
    if (dice < 0.7) return aQueue();
    const alertId = pick(this.#known.alertIds);
    if (dice < 0.85 && alertId) return [`/v1/alerts/${alertId}`, { for: 'alert' }];
    return [`/v1/incidents/${incidentId}/alerts?limit=200`, { for: 'alerts of', incidentId }];
  }

  /** What the domain refuses is no matter here. */
  async #command(client: Client): Promise<void> {
    const { incidentIds } = this.#known;
    const { status, body } = await client.post(...this.#aCommand());
    if (status >= 300 || !body.position) return;
    this.#acknowledged = larger(this.#acknowledged, BigInt(body.position));
    if (!body.incidentId) return;
    this.#justChanged = body.incidentId;
    if (!incidentIds.includes(body.incidentId)) incidentIds.push(body.incidentId);
  }

  #aCommand(): readonly [path: string, body: object] {
    const { incidentIds, alertIds } = this.#known;
    const alertId = pick(alertIds);
    const dice = Math.random();
    if (dice < 0.02) return ['/v1/incidents', { displayName: 'One more' }];
    if (dice < 0.03) return ['/v1/incidents/merge', { incidentIds: [pick(incidentIds), pick(incidentIds)] }];
    if (dice < 0.12 && alertId) return ['/v1/alerts/move', { alertIds: [alertId], incidentId: pick(incidentIds) }];
    if (dice < 0.35 && alertId) return [`/v1/alerts/${alertId}/comments`, { comment: 'Seen.' }];
    const [command, body] = pick(incidentCommands);
    return [`/v1/incidents/${pick(incidentIds)}/${command}`, body];
  }
}

const tags = ['vip', 'VIP', 'lab', 'finance'];

const incidentCommands: readonly (readonly [string, object])[] = [
  ['comments', { comment: 'Looking.' }],
  ['comments', { comment: 'Done.' }],
  ['rename', { displayName: 'Ours' }],
  ['rename', { displayName: 'Theirs' }],
  ['assign', { assignedTo: 'kim' }],
  ['assign', { assignedTo: 'lee' }],
  ['unassign', {}],
  ['start', {}],
  ['resolve', { classification: 'truePositive', determination: 'malware' }],
  ['resolve', {}],
  ['reopen', {}],
  ['reopen', {}],
  ['classify', { classification: 'falsePositive' }],
  ['severity', { severity: 'high' }],
  ['severity', { severity: 'automatic' }],
  ['tags', { add: ['vip'], remove: ['lab'] }],
  ['tags', { add: ['LAB'], remove: ['VIP'] }],
];

function aQueue(): readonly [path: string, Sighting['asked']] {
  const filter = pick(Object.keys(filters) as FilterName[]);
  const sort = pick(['-lastUpdateDateTime', 'id', '-severity', 'displayName']);
  return [`/v1/incidents?limit=200&sort=${sort}&${filter}`, { for: 'queue', filter }];
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const chance = (share: number): boolean => Math.random() < share;
const die = (sides: number): number => Math.floor(Math.random() * sides);
const pick = <T>(from: readonly T[]): T => from[die(from.length)]!;
