import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` of all there is to do; `pace`: how fast that goes, in words. */
  at(done: number, pace?: string): void;
  end(): void;
}

const silent: Progress = { at: () => undefined, end: () => undefined };

/** What is done sooner shows no bar: it would only flicker. */
const shortMs = 500;

/** A bar on standard error while long work goes on; nothing where that is no terminal. `unit`: what is counted, e.g. `incidents`. */
export function progressOf(unit: string, total: number, stream = process.stderr): Progress {
  if (!stream.isTTY || total === 0) return silent;
  const bar = new SingleBar({
    format: `{bar} {percentage} %  {value} of {total} ${unit}  {pace}{eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 100,
    stream,
  });
  const begun = performance.now();
  return {
    at(done, pace) {
      const shown = { pace: pace === undefined ? '' : `${pace}  ` };
      if (bar.isActive) bar.update(done, shown);
      else if (performance.now() - begun > shortMs) bar.start(total, done, shown);
    },
    end: () => bar.stop(),
  };
}
