import { Problem } from '#platform';
import { readDto } from '../../http/dto-pipe.js';
import type { Sent } from '../../http/envelope.js';
import { invalidRequest } from '../../http/invalid.js';
import type { Mistake } from '../../http/invalid.js';
import { ClassifyBody, ResolveBody } from '../../judgement.js';
import { AssignBody, AssignIncident } from '../commands/assign-incident.js';
import { ClassifyIncident } from '../commands/classify-incident.js';
import { CommentBody, CommentOnIncident } from '../commands/comment-on-incident.js';
import { DescribeBody, DescribeIncident } from '../commands/describe-incident.js';
import { NoBody } from '../commands/incident-command.js';
import { RenameBody, RenameIncident } from '../commands/rename-incident.js';
import { ReopenIncident } from '../commands/reopen-incident.js';
import { ResolveIncident } from '../commands/resolve-incident.js';
import { SetIncidentSeverity, SeverityBody } from '../commands/set-incident-severity.js';
import { StartInvestigation } from '../commands/start-investigation.js';
import { TagBody, TagIncident } from '../commands/tag-incident.js';
import { UnassignIncident } from '../commands/unassign-incident.js';

type BulkCommand = {
  readonly body: new () => object;
  readonly command: new (incidentId: string, body: never, sent: Sent) => object;
};

/** The commands that many incidents can be given at once, by the last part of their address. */
const commands = {
  assign: { body: AssignBody, command: AssignIncident },
  unassign: { body: NoBody, command: UnassignIncident },
  start: { body: NoBody, command: StartInvestigation },
  resolve: { body: ResolveBody, command: ResolveIncident },
  reopen: { body: NoBody, command: ReopenIncident },
  classify: { body: ClassifyBody, command: ClassifyIncident },
  severity: { body: SeverityBody, command: SetIncidentSeverity },
  tags: { body: TagBody, command: TagIncident },
  comments: { body: CommentBody, command: CommentOnIncident },
  description: { body: DescribeBody, command: DescribeIncident },
  rename: { body: RenameBody, command: RenameIncident },
} as const satisfies Record<string, BulkCommand>;

export type BulkCommandName = keyof typeof commands;

export const bulkCommandNames = Object.keys(commands) as BulkCommandName[];

export const bulkBodies = [...new Set(Object.values(commands).map(({ body }) => body))];

/**
 * Reads the command's body once; gives back what makes the command of each incident.
 * @throws Problem invalid-request that names the mistakes as `body.…`
 */
export function bulkCommand(name: BulkCommandName, raw: object): (incidentId: string, sent: Sent) => object {
  const { body, command: Command }: BulkCommand = commands[name];
  const read = readWithin(body, raw);
  return (incidentId, sent) => new Command(incidentId, read as never, sent);
}

function readWithin(dto: new () => object, raw: object): object {
  try {
    return readDto(dto, raw, 'body');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const mistakes = error.toJSON().errors as readonly Mistake[];
    throw invalidRequest(mistakes.map((mistake) => ({ ...mistake, name: `body.${mistake.name}` })));
  }
}
