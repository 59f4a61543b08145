import { MalformedEvent, follow } from '#event-store';
import type { EventLog, Following, RecordedEvent } from '#event-store';
import type { DocketEvent } from '#incidents';
import type { AlertIntake } from './alert-intake.js';
import type { Bookmark } from './bookmark.js';
import { isReadable } from './readable.js';

/** What is handled twice changes nothing, so the bookmark may lie behind. */
const saveEveryMs = 1_000;

/** Carries what products say anew into the incidents, where the intake that took it in did not get that far. */
export class ReportUpdates {
  readonly name = 'report-updates';
  private savedAt = 0;
  private following: Following | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly bookmark: Bookmark,
    private readonly intake: AlertIntake,
    private readonly onError: (error: unknown) => void = () => undefined,
  ) {}

  async start(): Promise<Following> {
    this.following = follow(this.log, {
      name: this.name,
      after: await this.bookmark.load(),
      handle: (batch, position) => this.take(batch, position),
    });
    return this.following;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
  }

  private async take(batch: readonly RecordedEvent[], position: bigint): Promise<void> {
    const updates = (batch.filter(isReadable) as readonly RecordedEvent<DocketEvent>[]).filter(
      (event) => event.type === 'AlertReportUpdated',
    );
    for (const update of updates)
      await this.intake.applyUpdate(update).catch((error: unknown) => {
        // The alert's incident cannot be read. What is said of one alert must not keep all others waiting: its document has the report.
        if (!(error instanceof MalformedEvent)) throw error;
        this.onError(error);
      });
    if (performance.now() - this.savedAt < saveEveryMs) return;
    this.savedAt = performance.now();
    await this.bookmark.save(position);
  }
}
