import { connectMongo } from '#read-model';
import type { ReadModelConnection } from '#read-model';
import { Refusal } from '../refusal.js';

/** Throws Refusal where it does not answer. */
export const reachMongo = (url: string): Promise<ReadModelConnection> =>
  connectMongo(url).catch((error: Error) => {
    throw new Refusal(`MongoDB cannot be reached (${error.message}): check that it runs, and MONGODB_URL`);
  });
