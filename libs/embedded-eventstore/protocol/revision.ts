/**
 * Revisions count from 0 and are exact up to 2^53. What a writer expects is a revision or one of the negative numbers
 * below, which are those of EventStoreDB's own protocol.
 */
export const NO_STREAM = -1;
export const ANY = -2;
export const STREAM_EXISTS = -4;

/** The revision of a tombstone: 2^63 − 1 on the wire, the nearest double here. It is also the `$tb` of a deleted stream. */
export const DELETED = 2 ** 63;

export const METADATA_STREAM = '$$';
