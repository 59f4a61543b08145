/** Where a process manager goes on after a restart. It may lie behind what was handled: everything handled twice is done once. */
export interface Bookmark {
  load(): Promise<bigint | undefined>;
  save(position: bigint): Promise<void>;
}
