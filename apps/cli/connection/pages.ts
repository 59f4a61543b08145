import type { DocketClient, Query } from './docket-client.js';

export interface Page<T> {
  readonly value: readonly T[];
  readonly nextCursor: string | null;
}

/** The most that a page of the API holds. */
export const largestPage = 200;

/** The pages of a query, each asked for when it is wanted. Throws what DocketClient.get throws. */
export async function* pagesOf<T>(
  client: DocketClient,
  path: string,
  query: Query = {},
): AsyncGenerator<readonly T[], void, void> {
  let cursor: string | null | undefined;
  do {
    const page: Page<T> = await client.get<Page<T>>(path, {
      limit: largestPage,
      ...query,
      cursor: cursor ?? undefined,
    });
    if (page.value.length > 0) yield page.value;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
