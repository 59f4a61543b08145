/** What the shell is told; `docs/reference/command-line.md` lists them. */
export const exitCodes = {
  done: 0,
  /** Docket refused, or what was looked at is not as it should be. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** Nobody answers, or not now: the same command may work later. */
  unavailable: 3,
} as const;
