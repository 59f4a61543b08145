import { writeEventLine } from '#audit';
import type { AuditedEvents } from '#audit';

/** Characters that are gathered before they are sent: a write to the socket costs more than to read an event. */
const CHUNK = 16_384;

/** Events as NDJSON. The last line says up to where the log was looked at; an answer without it was cut off. */
export async function* eventLines(events: AuditedEvents): AsyncGenerator<string> {
  let lines = '';
  for await (const event of events) {
    lines += `${writeEventLine(event)}\n`;
    if (lines.length < CHUNK) continue;
    yield lines;
    lines = '';
  }
  yield `${lines}${JSON.stringify({ end: { position: events.position.toString() } })}\n`;
}
