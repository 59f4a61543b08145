/**
 * Loaded into every thread of a docket before its own code (`NODE_OPTIONS=--import`): does what the order in the watched folder says, and
 * writes down what is appended meanwhile. Nothing in Docket knows of it. Without an order it only passes on.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';

const { CRASH_POINT: folder, CRASH_POINT_PROGRAMS: programs } = process.env;

/** Whoever answers before the append is begun has this long to be caught at it. */
const pauseBeforeMs = 150;

/** The threads of the embedded stores append nothing. */
if (folder && programs && (isMainThread || workerData?.eventStoreUrl)) {
  const { connectEventStore } = await import(
    pathToFileURL(join(programs, 'libs/event-store/eventstoredb-log.js')).href
  );
  const log = Object.getPrototypeOf(connectEventStore({ url: 'esdb://127.0.0.1:1?tls=false', catalogue: undefined }));
  const { append } = log;
  log.append = async function (stream, expected, events) {
    const order = orderNow();
    if (!order) return append.call(this, stream, expected, events);
    const name = nameOf(events);
    if (order.hold?.append === name && !seenOf(order.hold.until.append)[order.hold.until.nth - 1])
      await held(order.hold);
    const { append: fatal, nth, when } = order.dies ?? {};
    if (fatal === name && when === 'before' && seenOf(name).length === nth - 1) {
      await sleep(pauseBeforeMs);
      die();
    }
    const appended = await append.call(this, stream, expected, events);
    const [{ id }] = events;
    // The store answers a repetition as it answered the first: it is no second append.
    if (!seenOf(name).includes(id)) appendFileSync(join(folder, 'appends'), `${id} ${name}\n`);
    if (fatal === name && when === 'after' && seenOf(name)[nth - 1] === id) die();
    return appended;
  };
}

const idLength = 36;

function orderNow() {
  try {
    return JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** What follows for an incident from what comes and goes: it depends on more than the command. */
const consequences = new Set(['IncidentNamedAutomatically', 'IncidentSeverityChanged']);

/** The types that go into one append, each once: `IncidentOpened + AlertAdded`. */
const nameOf = (events) =>
  [...new Set(events.map(({ type }) => type))].filter((type) => !consequences.has(type)).join(' + ');

/** The first event ids of all appends of this name, in their order, whichever thread made them. */
function seenOf(name) {
  let lines = [];
  try {
    lines = readFileSync(join(folder, 'appends'), 'utf8').split('\n');
  } catch {
    // nothing was appended yet
  }
  return lines.filter((line) => line.slice(idLength + 1) === name).map((line) => line.slice(0, idLength));
}

/** Makes certain what else would be a race: this append waits for another one, and for who follows the log to have seen that. */
async function held({ until }) {
  while (!seenOf(until.append)[until.nth - 1]) await sleep(5);
  await sleep(200);
}

/** Dies as by a cut of the power: nothing runs any more, in whichever thread. */
function die() {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
