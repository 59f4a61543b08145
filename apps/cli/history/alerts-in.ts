import type { Entry } from './entry.js';

/** Which alerts came to an incident and did not leave it again, and which left it, by its entries in their order. */
export class AlertsIn {
  readonly come = new Set<string>();
  readonly gone = new Set<string>();

  note({ type, alertId, alertIds = [] }: Entry): void {
    if (type === 'AlertAdded') this.#arrived(alertId!);
    else if (type === 'AlertMovedIn') alertIds.forEach((id) => this.#arrived(id));
    else if (type === 'AlertMovedOut' || type === 'IncidentMerged') alertIds.forEach((id) => this.#left(id));
  }

  #arrived(alertId: string): void {
    if (!this.gone.delete(alertId)) this.come.add(alertId);
  }

  #left(alertId: string): void {
    if (!this.come.delete(alertId)) this.gone.add(alertId);
  }
}
