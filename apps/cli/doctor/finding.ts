/** What one look at a docket found. */
export interface Finding {
  readonly about: string;
  readonly state: 'well' | 'doubtful' | 'ill';
  readonly found: string;
  /** What to do about it, where something should be done. */
  readonly advice?: string;
}

export const well = (about: string, found: string): Finding => ({ about, state: 'well', found });
export const doubtful = (about: string, found: string, advice: string): Finding => ({
  about,
  state: 'doubtful',
  found,
  advice,
});
export const ill = (about: string, found: string, advice: string): Finding => ({ about, state: 'ill', found, advice });
