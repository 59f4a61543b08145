import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import type { Faults } from './faults.js';

/** Which incidents there are, and which of them became part of another one: such an incident never changes again. */
export class Redirects {
  private readonly known = new Set<string>();
  private readonly targets = new Map<string, string>();

  constructor(private readonly faults: Faults) {}

  see(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    const target = this.targets.get(incidentId);
    if (target !== undefined)
      return this.faults.add(event, `changes an incident that was merged into incident ${target}`);
    this.known.add(incidentId);
    if (event.type === 'IncidentMerged') this.redirect(event, incidentId, event.data.toIncidentId);
  }

  knows(incidentId: string): boolean {
    return this.known.has(incidentId);
  }

  /** Where it was merged into; undefined where it was not. */
  of(incidentId: string): string | undefined {
    return this.targets.get(incidentId);
  }

  /** The incident that this one is part of by now, or itself. Ends, as every redirect leads to a smaller number. */
  survivorOf(incidentId: string): string {
    const target = this.targets.get(incidentId);
    return target === undefined ? incidentId : this.survivorOf(target);
  }

  private redirect(event: RecordedEvent, incidentId: string, target: string): void {
    if (!(Number(target) < Number(incidentId)))
      return this.faults.add(event, `is merged into incident ${target}, whose number is not smaller`);
    if (!this.known.has(target)) this.faults.add(event, `is merged into incident ${target}, which was never opened`);
    this.targets.set(incidentId, target);
  }
}
