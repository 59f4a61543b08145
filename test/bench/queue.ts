/** `npm run bench:queue`: the usual queries of the queue over HTTP, at several sizes in turns. README.md says how to read it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '#platform';
import { ReadModel, connectMongo } from '#read-model';
import { median } from './load.js';
import { processorSeconds } from './processor-time.js';
import { madeUp } from './queue-documents.js';
import { says, startProgram } from './running-docket.js';

const sizes = (process.env.SIZES ?? '10000,100000').split(',').map(Number);
const rounds = Number(process.env.ROUNDS ?? 3);
/** Of one query, one after the other, in a round; processor time is counted in hundredths of a second. */
const inTurn = Number(process.env.REQUESTS ?? 100);
const atOnce = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
const children: ChildProcess[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const key = randomBytes(32);

function start(...program: Parameters<typeof startProgram>): ChildProcess {
  const child = startProgram(...program);
  children.push(child);
  return child;
}

/** Resolves with the body. */
function ask(address: string, token?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    get(address, { agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => (body += String(text)));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(body) : reject(new Error(`${address}: ${body}`)),
      );
    }).on('error', reject);
  });
}

interface Page {
  readonly value: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

interface Measured {
  readonly latencies: number[];
  readonly processorMs: number[];
}

/** The api and its stores, with a docket of some size. */
interface Docket {
  readonly size: number;
  readonly address: string;
  readonly pids: readonly number[];
  /** Queries by what analysts call them. */
  readonly queries: ReadonlyMap<string, string>;
  readonly measured: Map<string, Measured>;
}

async function docketOf(size: number, token: string): Promise<Docket> {
  const mongo = start('libs/embedded-mongodb/main.js', ['--port', '0', '--data', join(folder, `mongo-${size}`)]);
  const events = start('libs/embedded-eventstore/main.js', ['--port', '0', '--data', join(folder, `events-${size}`)]);
  const [mongodbUrl, eventStoreUrl] = [await says(mongo, /(mongodb:\S+)/), await says(events, /(esdb:\S+)/)];
  const begun = performance.now();
  await fill(mongodbUrl, size);
  console.log(`${size} incidents in ${Math.round((performance.now() - begun) / 1_000)} s.`);
  const api = start('apps/api/main.js', [], {
    EVENTSTORE_URL: eventStoreUrl,
    MONGODB_URL: mongodbUrl,
    DOCKET_PORT: '0',
    DOCKET_TOKEN_KEY: key.toString('base64url'),
  });
  const address = await says(api, /listens on (http:\S+)/);

  const cursor = async (path: string, pages: number) => {
    let at: string | null = '';
    for (let page = 1; page < pages; page += 1) {
      const answer: Page = JSON.parse(await ask(`${address}${path}${at && `&cursor=${at}`}`, token)) as Page;
      at = answer.nextCursor;
    }
    return `${path}&cursor=${at}`;
  };
  const pc = Math.floor(size / 90);
  const queries = new Map([
    ['default page', '/v1/incidents?limit=50'],
    ['open and unassigned', '/v1/incidents?status=active&status=inProgress&assignedTo=none'],
    ['mine, open', '/v1/incidents?status=active&status=inProgress&assignedTo=analyst7'],
    ['most severe first', '/v1/incidents?sort=-severity'],
    ['by tag', '/v1/incidents?tag=VIP'],
    ['about a device', `/v1/incidents?entity=device:pc-${pc}.northwind.example`],
    ['about an account of every tenth', '/v1/incidents?entity=user:service@northwind.example'],
    ['beginning of a word', '/v1/incidents?q=phish'],
    ['page 20', await cursor('/v1/incidents?limit=50', 20)],
    ['what changed', `/v1/incidents?changedSince=${2 * size - 10}`],
    ['facets of the open', '/v1/incidents?status=active&status=inProgress&facets=severity,assignedTo,tag,category'],
    ['facets of all', '/v1/incidents?facets=status,severity,assignedTo,tag,classification,category'],
    ['tags that begin so', '/v1/tags?q=team-1'],
  ]);
  return { size, address, pids: [api.pid!, mongo.pid!], queries, measured: new Map() };
}

async function fill(url: string, size: number): Promise<void> {
  const mongo = await connectMongo(url);
  const readModel = await ReadModel.open(mongo.db);
  await readModel.prepare();
  const { collections, checkpoints } = readModel.served.generation;
  const tags = new Set<string>();
  for (let from = 1; from <= size; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, size - from + 1) }, (_, index) => madeUp(from + index, size));
    await collections.incidents.insertMany(some.map(({ incident }) => incident));
    await collections.entities.insertMany(some.flatMap(({ entities }) => entities));
    for (const { incident } of some) for (const tag of incident.customTags) tags.add(tag);
  }
  await collections.tags.insertMany(
    Array.from(tags, (tag) => ({ _id: tag.toLowerCase(), tag, isSystem: false, position: 1n })),
  );
  const last = { stream: 'incident-1', revision: 7, id: 'none', position: BigInt(2 * size) };
  for (const projection of ['incidents', 'alerts'] as const) await checkpoints.record(projection, last);
  await mongo.close();
}

/** Some requests one after the other, into `into`. */
async function measure(address: string, pids: readonly number[], into: Measured, token?: string): Promise<void> {
  const used = () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
  const before = used();
  for (let nth = 0; nth < inTurn; nth += 1) {
    const sent = performance.now();
    await ask(address, token);
    into.latencies.push(performance.now() - sent);
  }
  into.processorMs.push(((used() - before) * 1_000) / inTurn);
}

try {
  const token = await new Tokens(key).sign(
    { id: 'analyst7', name: 'Analyst', kind: 'user', roles: ['analyst'] },
    86_400,
  );
  const dockets: Docket[] = [];
  for (const size of sizes) dockets.push(await docketOf(size, token));
  const first = dockets[0]!;
  const page = JSON.parse(await ask(first.address + first.queries.get('default page')!, token)) as Page;
  const bare = fork(join(import.meta.dirname, 'bare-page.js'));
  children.push(bare);
  bare.send(page);
  const [bareAddress] = (await once(bare, 'message')) as [string];
  const fromMemory: Measured = { latencies: [], processorMs: [] };

  // The round before the first is not counted: it measures the compiler.
  for (let round = -1; round < rounds; round += 1) {
    const into = (measured: Measured) => (round < 0 ? { latencies: [], processorMs: [] } : measured);
    await measure(bareAddress, [bare.pid!], into(fromMemory));
    for (const name of first.queries.keys())
      for (const { address, pids, queries, measured } of round % 2 === 0 ? dockets : dockets.toReversed()) {
        if (!measured.has(name)) measured.set(name, { latencies: [], processorMs: [] });
        await measure(address + queries.get(name)!, pids, into(measured.get(name)!), token);
      }
  }

  const bareMs = median(fromMemory.latencies);
  console.log(
    `The page of ${page.value.length} from memory: ${bareMs.toFixed(2)} ms, ${median(fromMemory.processorMs).toFixed(2)} ms of processor time.`,
  );
  const last = dockets.at(-1)!;
  const figures = [...first.queries.keys()].map((name) => {
    const columns = dockets.map(({ size, measured }) => [
      `${size}: ms (processor)`,
      `${median(measured.get(name)!.latencies).toFixed(1)} (${median(measured.get(name)!.processorMs).toFixed(1)})`,
    ]);
    const growth =
      median(last.measured.get(name)!.processorMs) / Math.max(0.01, median(first.measured.get(name)!.processorMs));
    const besides = median(first.measured.get(name)!.latencies) / bareMs;
    return [
      name,
      { ...Object.fromEntries(columns), growth: growth.toFixed(2), 'beside memory': besides.toFixed(1) },
    ] as const;
  });
  console.table(Object.fromEntries(figures));
} finally {
  agent.destroy();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
