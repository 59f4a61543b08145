import { randomUUID } from 'node:crypto';
import type { Client } from '../e2e/client.js';
import { alert, device } from '../e2e/reports.js';
import { callers } from './docket-under-test.js';
import { otherBody } from './other-body.js';
import { resultsIn, succeeded } from './sending.js';
import type { Look, Sending } from './sending.js';
import type { Run, Wish } from './wishes.js';

/** What the clients of a run know, and what they have sent. */
export interface Happened {
  readonly incidentIds: string[];
  readonly alertIds: string[];
  readonly sendings: Sending[];
  readonly looks: Look[];
}

interface Request {
  readonly path: string;
  readonly body: object;
}

/** Lets three clients do what they want, at the same time. `name`: of this run, different from that of any other. */
export async function happen(run: Run, clients: readonly Client[], name: string): Promise<Happened> {
  const happened: Happened = { incidentIds: [], alertIds: [], sendings: [], looks: [] };
  const desks = clients.map((client, index) => new Desk(client, callers[index]!, name, happened));
  await desks[0]!.begin();
  await Promise.all(
    run.map(async (wishes, index) => {
      for (const wish of wishes) await desks[index]!.fulfil(wish);
    }),
  );
  return happened;
}

/** One of the clients. */
class Desk {
  private latest: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly caller: string,
    private readonly name: string,
    private readonly happened: Happened,
  ) {}

  /** An incident with two alerts on one device and one with a third, reported together, and one without any. */
  async begin(): Promise<void> {
    const reports = [
      this.report('0', 0, { title: 'Suspicious sign-in' }),
      this.report('1', 0, { title: 'Malware found', status: 'inProgress', assignedTo: 'lee', severity: 'high' }),
      this.report('2', 1, { title: 'Odd process', category: 'Impact' }),
    ];
    await Promise.all([
      this.send({ path: '/v1/alerts', body: reports }),
      this.send({ path: '/v1/incidents', body: {} }),
    ]);
    if (this.happened.incidentIds.length < 3)
      throw new Error(`A run cannot begin: ${JSON.stringify(this.happened.sendings)}`);
  }

  async fulfil(wish: Wish): Promise<void> {
    if (wish.on === 'look') return this.look(pick(this.happened.incidentIds, wish.nth));
    const request = this.requestOf(wish);
    if (!request) return;
    if (wish.sent === 'without a key') return void (await this.send(request));
    const key = randomUUID();
    if (wish.sent === 'twice at once') {
      const [first, second] = [this.sending(request, key), this.sending(request, key)];
      this.note({ ...(await first), repeats: undefined, isLater: false });
      this.note({
        ...(await second),
        repeats: this.happened.sendings.find((sending) => sending.key === key)!,
        isLater: false,
      });
      return;
    }
    const first = await this.send(request, key);
    if (wish.sent === 'again') await this.send(request, key, first);
    const other = wish.sent === 'with another body' ? otherBody(request) : undefined;
    if (other) await this.send({ ...request, body: other }, key, first);
  }

  private requestOf(wish: Wish): Request | undefined {
    const { incidentIds, alertIds } = this.happened;
    switch (wish.on) {
      case 'incident':
        return { path: `/v1/incidents/${pick(incidentIds, wish.nth)}/${wish.command}`, body: wish.body };
      case 'incidents': {
        const { command, body } = wish;
        return { path: '/v1/incidents/bulk', body: { incidentIds: several(incidentIds, wish.nths), command, body } };
      }
      case 'alert':
        return { path: `/v1/alerts/${pick(alertIds, wish.nth)}/${wish.command}`, body: wish.body };
      case 'report': {
        const { again, into, device: pc, report } = wish;
        const id = again === null ? randomUUID().slice(0, 8) : pick(alertIds, again).slice(this.name.length + 1);
        const named = into === null ? {} : { incidentId: pick(incidentIds, into) };
        return { path: '/v1/alerts', body: this.report(id, pc, { ...report, ...named }) };
      }
      case 'move': {
        const to = wish.to === null ? null : pick(incidentIds, wish.to);
        return { path: '/v1/alerts/move', body: { alertIds: several(alertIds, wish.nths), incidentId: to } };
      }
      case 'merge': {
        const merged = several(incidentIds, wish.nths);
        return merged.length < 2 ? undefined : { path: '/v1/incidents/merge', body: { incidentIds: merged } };
      }
      case 'open':
        return { path: '/v1/incidents', body: wish.body };
      case 'look':
        return undefined;
    }
  }

  /** On one of the run's devices; the device 2 is none. */
  private report(id: string, pc: number, but: object): object {
    return alert({ id: `${this.name}-${id}`, evidence: pc === 2 ? [] : [device(`${this.name}-pc-${pc}`)], ...but });
  }

  private async send(request: Request, key?: string, repeats?: Sending): Promise<Sending> {
    return this.note({ ...(await this.sending(request, key)), repeats, isLater: repeats !== undefined });
  }

  private async sending(
    { path, body }: Request,
    key: string | undefined,
  ): Promise<Omit<Sending, 'repeats' | 'isLater'>> {
    const correlationId = randomUUID();
    const calledAt = performance.now();
    const headers = { 'x-correlation-id': correlationId, ...(key !== undefined && { 'idempotency-key': key }) };
    const { status, body: answered } = await this.client.post(path, body, { headers });
    const returnedAt = performance.now();
    const answer = { status, body: answered };
    return { path, body, caller: this.caller, correlationId, key, calledAt, returnedAt, answer };
  }

  private note(sending: Sending): Sending {
    const { incidentIds, alertIds, sendings } = this.happened;
    sendings.push(sending);
    if (sending.answer.body?.position !== undefined) this.latest = sending.answer.body.position;
    if (!succeeded(sending)) return sending;
    const { path, answer } = sending;
    // What was merged is seldom of interest any more.
    if (path.endsWith('/merge'))
      incidentIds.sort((one, other) => Number(isMerged(one, sending)) - Number(isMerged(other, sending)));
    for (const { incidentId, id } of path === '/v1/alerts' ? resultsIn(sending) : [answer.body]) {
      if (typeof incidentId === 'string' && !incidentIds.includes(incidentId)) incidentIds.push(incidentId);
      if (path === '/v1/alerts' && !alertIds.includes(id)) alertIds.push(id);
    }
    return sending;
  }

  private async look(incidentId: string): Promise<void> {
    const after = this.latest;
    const headers: Record<string, string> = after === undefined ? {} : { 'docket-after': after };
    const { status, body } = await this.client.get(`/v1/incidents/${incidentId}`, { headers });
    this.happened.looks.push({ incidentId, after, answer: { status, body } });
  }
}

const isMerged = (incidentId: string, { answer }: Sending): boolean =>
  answer.body.value.some((one: any) => one.incidentId === incidentId && one.status === 'merged');

const pick = (from: readonly string[], nth: number): string => from[nth % from.length]!;
const several = (from: readonly string[], nths: readonly number[]): string[] => [
  ...new Set(nths.map((nth) => pick(from, nth))),
];
