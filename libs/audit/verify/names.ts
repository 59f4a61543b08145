import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import type { Faults } from './faults.js';

/** A name that somebody gave is never overwritten. */
export class NamesCheck {
  private readonly named = new Set<string>();

  constructor(private readonly faults: Faults) {}

  see(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    switch (event.type) {
      case 'IncidentOpened':
        if (!event.data.nameIsAutomatic) this.named.add(incidentId);
        return;
      case 'IncidentImported':
      case 'IncidentRenamed':
        this.named.add(incidentId);
        return;
      case 'IncidentNamedAutomatically':
        if (this.named.has(incidentId)) this.faults.add(event, 'overwrites a name that somebody gave');
        return;
      default: // says nothing of the name
    }
  }
}
