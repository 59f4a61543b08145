import type { Checked } from './check-runs.js';

/** How far a long run has come. */
export class Progress {
  private readonly began = performance.now();
  private runs = 0;
  private commands = 0;
  private events = 0;

  constructor(
    private readonly wanted: number,
    private readonly isShown: boolean,
  ) {}

  get isDone(): boolean {
    return this.runs >= this.wanted;
  }

  add(runs: number, { commands, events }: Checked): void {
    this.runs += runs;
    this.commands += commands;
    this.events += events;
    this.show('\r');
  }

  end(): void {
    this.show('\n');
  }

  private show(end: string): void {
    const seconds = (performance.now() - this.began) / 1_000;
    const done = `${this.runs} runs, ${this.commands} commands, ${this.events} events checked`;
    if (this.isShown)
      process.stderr.write(`${done} in ${seconds.toFixed(0)} s, ${(this.runs / seconds).toFixed(1)} a second${end}`);
  }
}
