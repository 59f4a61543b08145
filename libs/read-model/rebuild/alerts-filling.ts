import type { RecordedEvent } from '#event-store';
import type { AlertDocument } from '../alerts/alert-document.js';
import { writesOf } from '../alerts/alerts-projection.js';
import type { Collections } from '../collections.js';
import { idOfStream, isAlertEvent } from '../events-of.js';
import { nothingParked } from '../projection.js';
import type { Filling, FillingOptions } from './filling.js';
import { usually } from './filling.js';
import { WriteBehind, unordered } from './write-behind.js';

const bytesBesideReport = 1_000;
/** Of what must make room, so much more goes, that it goes in portions. */
const kept = 0.75;

/**
 * Documents of `alerts`: each is inserted when it has been in memory for longest, or at the end. What comes later for one that is
 * written is written as the projection does it, unread.
 */
export class AlertsFilling implements Filling {
  /** In the order of their reports. */
  readonly #held = new Map<string, AlertDocument>();
  /** In bytes, roughly: as it was reported. */
  readonly #sizes = new WeakMap<AlertDocument, number>();
  #bytes = 0;
  readonly #writing: WriteBehind;

  constructor(
    private readonly collections: Pick<Collections, 'alerts'>,
    private readonly options: FillingOptions = usually,
  ) {
    this.#writing = new WriteBehind(options.restRatio);
  }

  async take(batch: readonly RecordedEvent[]): Promise<void> {
    const { changes } = writesOf(batch, nothingParked, this.#held);
    this.#count(batch);
    if (changes.length > 0) {
      await this.#writing.settled();
      await this.collections.alerts.bulkWrite([...changes], { ordered: true });
    }
    if (this.#bytes > this.options.keptBytes) await this.#write(this.options.keptBytes * kept);
  }

  async finish(): Promise<void> {
    await this.#write(0);
    await this.#writing.settled();
  }

  #count(batch: readonly RecordedEvent[]): void {
    for (const event of batch) {
      if (!isAlertEvent(event) || event.revision > 0) continue;
      const alert = this.#held.get(idOfStream(event.stream).id);
      if (!alert) continue;
      const size = bytesBesideReport + alert.reportText.length;
      this.#sizes.set(alert, size);
      this.#bytes += size;
    }
  }

  async #write(downTo: number): Promise<void> {
    const documents: AlertDocument[] = [];
    for (const [id, alert] of this.#held) {
      if (this.#bytes <= downTo) break;
      documents.push(alert);
      this.#held.delete(id);
      this.#bytes -= this.#sizeOf(alert);
    }
    const insert = (some: AlertDocument[]) => this.collections.alerts.insertMany(some, unordered);
    await this.#writing.inPortions(documents, (alert) => this.#sizeOf(alert), insert);
  }

  #sizeOf(alert: AlertDocument): number {
    return this.#sizes.get(alert) ?? bytesBesideReport;
  }
}
