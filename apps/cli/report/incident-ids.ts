import type { DocketClient } from '../connection/docket-client.js';
import { pagesOf } from '../connection/pages.js';

/** Asked for at a time. */
const atMost = 50;

/** Which incidents of Docket the incidents of a product became. */
export class IncidentIds {
  readonly #known = new Map<string, string | null>();

  constructor(
    private readonly client: DocketClient,
    private readonly source: string,
  ) {}

  /** Null for what was not imported. Throws what DocketClient.get throws. */
  async of(externalIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const unknown = [...new Set(externalIds)].filter((id) => !this.#known.has(id));
    for (let from = 0; from < unknown.length; from += atMost) {
      const externalId = unknown.slice(from, from + atMost);
      const query = { externalId, externalSource: this.source };
      for await (const incidents of pagesOf<{ id: string; externalId: string }>(this.client, '/v1/incidents', query))
        for (const incident of incidents) this.#known.set(incident.externalId, incident.id);
      for (const id of externalId) if (!this.#known.has(id)) this.#known.set(id, null);
    }
    return this.#known;
  }
}
