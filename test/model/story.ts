import type { Checked } from './check-runs.js';
import type { Sending } from './sending.js';
import type { Event } from './slice.js';

/** So much of it is told. */
const most = 400;

/** What went wrong, what was sent, and what stands in the log. */
export function storyOf({ wrong, happened, slice }: Checked): string {
  const sendings = happened.flatMap((each) => each.sendings).toSorted((one, other) => one.calledAt - other.calledAt);
  return [
    ...wrong,
    `${sendings.length} commands:`,
    ...sendings.slice(0, most).map(ofSending),
    `${slice.events.length} events:`,
    ...slice.events.slice(0, most).map(ofEvent),
  ].join('\n');
}

const ofSending = ({ calledAt, returnedAt, caller, path, body, answer, key, correlationId }: Sending): string =>
  `  ${calledAt.toFixed(1)}-${returnedAt.toFixed(1)} ${caller} POST ${path} ${JSON.stringify(body)} ${key ?? 'without a key'}, ` +
  `${correlationId}\n    ${answer.status} ${JSON.stringify(answer.body)}`;

const ofEvent = ({ position, stream, revision, type, metadata, data }: Event): string =>
  `  ${position} ${stream} ${revision} ${type} ${metadata.$correlationId} ${JSON.stringify(data)}`;
