import type { Db } from 'mongodb';
import { AlertsProjection } from '../alerts/alerts-projection.js';
import { Checkpoints } from '../checkpoints.js';
import { collectionsOf } from '../collections.js';
import type { Collections } from '../collections.js';
import { IncidentsProjection } from '../incidents/incidents-projection.js';
import { MetricsProjection } from '../metrics/metrics-projection.js';
import type { Projection } from '../projection.js';

/** The whole read model once: its documents, how far they have come, and what writes them. */
export class Generation {
  readonly collections: Collections;
  readonly checkpoints: Checkpoints;
  readonly projections: readonly Projection[];

  /** `number`: from 1 on. */
  constructor(
    db: Db,
    readonly number: number,
  ) {
    this.collections = collectionsOf(db, number);
    this.checkpoints = new Checkpoints(this.collections);
    this.projections = [
      new IncidentsProjection(this.collections),
      new AlertsProjection(this.collections),
      new MetricsProjection(this.collections),
    ];
  }
}
