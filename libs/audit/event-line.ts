import { MalformedEvent } from '#event-store';
import type { RecordedEvent } from '#event-store';

/**
 * One event of the log as one line of JSON:
 * `{"position":"12","stream":"incident-7","revision":3,"id":"…","type":"IncidentAssigned","data":{…},"metadata":{…}}`.
 * The position is a decimal string, for it may be beyond what a JSON number holds; data and metadata are as stored.
 */

/** Without a line break. Throws MalformedEvent where a stranger wrote something that is no JSON. */
export function writeEventLine(event: RecordedEvent): string {
  const { position, stream, revision, id, type } = event;
  const data = objectIn(event, 'data');
  const metadata = objectIn(event, 'metadata');
  return JSON.stringify({ position: position.toString(), stream, revision, id, type, data, metadata });
}

/** Only strangers write an event without metadata; it comes back as an empty object. */
function objectIn(event: RecordedEvent, part: 'data' | 'metadata'): object {
  const value: unknown = event[part];
  if (part === 'metadata' && value === undefined) return {};
  if (isObject(value) && !(value instanceof Uint8Array)) return value;
  throw new MalformedEvent(event.stream, event.revision, event.type, `holds ${part} that is not a JSON object`);
}

/** What was read is not the line of an event, or not all of it. The message names what is wrong. */
export class BadEventLine extends Error {
  constructor(flaw: string, options?: ErrorOptions) {
    super(`This is not an event as Docket writes it: ${flaw}`, options);
    this.name = 'BadEventLine';
  }
}

/** The event that `writeEventLine` wrote. Throws BadEventLine. */
export function readEventLine(line: string): RecordedEvent {
  const fields = parsed(line);
  const stranger = Object.keys(fields).find((name) => !Object.hasOwn(rules, name));
  if (stranger !== undefined) throw new BadEventLine(`it has a field ${JSON.stringify(stranger)}, which no event has`);
  for (const [name, { holds, must }] of Object.entries(rules)) {
    if (!Object.hasOwn(fields, name)) throw new BadEventLine(`${name} is missing`);
    if (!holds(fields[name])) throw new BadEventLine(`${name} must be ${must}`);
  }
  const event = fields as unknown as Omit<RecordedEvent, 'position'> & { position: string };
  return { ...event, position: BigInt(event.position) };
}

function parsed(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new BadEventLine(`it is not JSON, or was cut off (${(cause as Error).message})`, { cause });
  }
  if (!isObject(value) || Array.isArray(value)) throw new BadEventLine('it is not a JSON object');
  return value as Record<string, unknown>;
}

interface Rule {
  readonly holds: (value: unknown) => boolean;
  readonly must: string;
}

const rules: Readonly<Record<keyof RecordedEvent, Rule>> = {
  position: { holds: isPosition, must: 'a decimal number below 2^63, as a string' },
  stream: { holds: isName, must: 'the name of a stream' },
  revision: { holds: isRevision, must: 'a whole number from 0' },
  id: { holds: isUuid, must: 'a UUID' },
  type: { holds: isName, must: 'the name of an event type' },
  data: { holds: isObject, must: 'a JSON object' },
  metadata: { holds: isObject, must: 'a JSON object' },
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPosition(value: unknown): boolean {
  return typeof value === 'string' && /^(0|[1-9]\d{0,18})$/.test(value) && BigInt(value) < 2n ** 63n;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRevision(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isUuid(value: unknown): boolean {
  return typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
}
