import { byInstant, isTime, newestFirst } from './instant.js';

/** A row of an incident. */
interface Holder {
  readonly externalId: string;
  readonly time: unknown;
}

/** Alerts that several incidents of a file have: each belongs to the incident whose row with it is the newest, and comes along with that. */
export class SharedAlerts {
  readonly #newest = new Map<string, Holder>();
  readonly #sharing = new Map<string, Holder>();

  /** Rows are added in the order of the file. */
  add(added: Holder, alertIds: readonly string[]): void {
    for (const id of alertIds) {
      const known = this.#newest.get(id);
      const row = known && !isTime(added.time) ? { ...added, time: known.time } : added;
      const [older, newer] = known && byInstant(row.time, known.time) < 0 ? [row, known] : [known, row];
      this.#newest.set(id, newer);
      if (older === undefined || older.externalId === newer.externalId) continue;
      this.#note(older);
      this.#note(newer);
    }
  }

  /** The incidents that share alerts: that whose row with one of these is the newest comes first, so that it has it. */
  inOrder(): string[] {
    return newestFirst([...this.#sharing.values()], ({ time }) => time).map(({ externalId }) => externalId);
  }

  #note(row: Holder): void {
    const known = this.#sharing.get(row.externalId);
    if (known && byInstant(row.time, known.time) < 0) return;
    this.#sharing.delete(row.externalId); // what is noted later is newer
    this.#sharing.set(row.externalId, row);
  }
}
