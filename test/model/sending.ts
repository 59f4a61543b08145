import type { Answer } from '../e2e/client.js';
import type { NaiveCommand } from './naive-commands.js';

/** A command that was sent, and what came of it. */
export interface Sending {
  readonly path: string;
  readonly body: any;
  readonly caller: string;
  /** All events that this sending causes carry it. */
  readonly correlationId: string;
  readonly key: string | undefined;
  /** `performance.now()`. */
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly answer: Pick<Answer, 'status' | 'body'>;
  /** The one whose key this has, where it is not the first one. */
  readonly repeats: Sending | undefined;
  /** Whether the first one had been answered by then. */
  readonly isLater: boolean;
}

/** A row of the queue that somebody looked at, who had been told a position before. */
export interface Look {
  readonly incidentId: string;
  readonly after: string | undefined;
  readonly answer: Pick<Answer, 'status' | 'body'>;
}

export const succeeded = ({ answer: { status } }: Sending): boolean => status < 300;
export const wasRefused = ({ answer: { status } }: Sending): boolean => status >= 400 && status < 500;

/** `urn:docket:problem:<code>` */
export const codeOf = ({ answer: { body } }: Sending): string => String(body?.type).slice('urn:docket:problem:'.length);

/** The command as the model takes it, of a bulk command the one for this incident. */
export function commandIn({ path, body, caller }: Sending, incidentId: string): NaiveCommand {
  const [, , kind, id, name] = path.split('/');
  if (id === 'bulk') return { name: body.command, body: body.body ?? {}, caller };
  if (kind === 'alerts') return { alertId: id!, name: name!, body, caller };
  if (id !== incidentId) throw new Error(`was changed by a command on incident ${id}`);
  return { name: name!, body, caller };
}

/** What was answered to a report, or to each of several. */
export const resultsIn = ({ answer: { body } }: Sending): readonly any[] => body.value ?? [body];

/** What the sending says of an alert. */
export const reportIn = ({ body }: Sending, alertId: string): any =>
  Array.isArray(body) ? body.find(({ id }) => id === alertId) : body;
