import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` of all there is to do. */
  at(done: number): void;
  end(): void;
}

const silent: Progress = { at: () => undefined, end: () => undefined };

/** What is done sooner shows no bar: it would only flicker. */
const shortMs = 500;

/** A bar on standard error while long work goes on; nothing where that is no terminal. `unit`: what is counted, e.g. `incidents`. */
export function progressOf(unit: string, total: number, stream = process.stderr): Progress {
  if (!stream.isTTY || total === 0) return silent;
  const bar = new SingleBar({
    format: `{bar} {percentage} %  {value} of {total} ${unit}  {eta_formatted} left`,
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
    at(done) {
      if (bar.isActive) bar.update(done);
      else if (performance.now() - begun > shortMs) bar.start(total, done);
    },
    end: () => bar.stop(),
  };
}
