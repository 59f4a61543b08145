import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { FoldedEntities } from './folded-entities.js';
import type { IncidentDocument } from './incident-document.js';
import { projectIncident } from './project-incident.js';

/** An incident and all that its alerts are about, folded from its stream: its row, and its documents of the collection `entities`. */
export class FoldedIncident {
  #row: IncidentDocument | undefined;
  readonly entities: FoldedEntities;

  constructor(row?: IncidentDocument, entities = new FoldedEntities()) {
    this.#row = row;
    this.entities = entities;
  }

  /** Throws as projectIncident does. */
  apply(event: RecordedEvent<IncidentEvent>): void {
    this.#row = projectIncident(this.#row, event);
    this.entities.apply(event);
  }

  /** Undefined before the first event. Not to be changed. */
  get document(): IncidentDocument | undefined {
    return this.#row && withAssets(this.#row, this.entities);
  }
}

/** The row that is given, with what it shows of its assets. */
export function withAssets(row: IncidentDocument, entities: FoldedEntities): IncidentDocument {
  row.impactedAssets = entities.firstAssets();
  row.impactedAssetCount = entities.assetCount;
  return row;
}
