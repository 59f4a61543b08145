import type { Sent } from '../../http/envelope.js';

/** Something that somebody wants of one incident. */
export abstract class IncidentCommand<Body extends object = NoBody> {
  constructor(
    readonly incidentId: string,
    readonly body: Body,
    readonly sent: Sent,
  ) {}
}

/** For commands that need nothing else; whatever is given is refused. */
export class NoBody {}
