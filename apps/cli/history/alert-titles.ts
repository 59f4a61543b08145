import type { DocketClient } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { Alert, Entry } from './entry.js';

/** Titles in place of bare ids: of alerts whose arrival was read they are known, those of others are asked for, once each. */
export class AlertTitles {
  readonly #titles = new Map<string, string>();

  constructor(private readonly client: Pick<DocketClient, 'get'>) {}

  note({ alertId, changes }: Entry): void {
    const title = changes.find(({ property }) => property === 'alerts')?.to;
    if (alertId !== undefined && typeof title === 'string') this.#titles.set(alertId, title);
  }

  /** The id itself where the alert is not known, or may not be read. */
  async of(alertId: string): Promise<string> {
    const known = this.#titles.get(alertId);
    if (known !== undefined) return known;
    const title = await this.client.get<Alert>(`/v1/alerts/${encodeURIComponent(alertId)}`).then(
      (alert) => alert.title,
      (error: unknown) => {
        if (error instanceof ProblemAnswer && error.status < 500) return alertId;
        throw error;
      },
    );
    this.#titles.set(alertId, title);
    return title;
  }
}
