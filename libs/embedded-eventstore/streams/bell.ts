/** Rings when something may have changed. A ring that nobody waits for is kept for the next `wait`. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  async wait(): Promise<void> {
    if (!this.rung) await new Promise<void>((resolve) => (this.wake = resolve));
    this.rung = false;
    this.wake = undefined;
  }
}

/** The bells of live subscriptions: those to one stream by its name, those to `$all` under ALL. */
export const ALL = Symbol('$all');

export class Bells {
  private readonly bells = new Map<string | symbol, Set<Bell>>();

  add(stream: string | typeof ALL, bell: Bell): void {
    const bells = this.bells.get(stream) ?? new Set();
    this.bells.set(stream, bells.add(bell));
  }

  remove(stream: string | typeof ALL, bell: Bell): void {
    const bells = this.bells.get(stream);
    bells?.delete(bell);
    if (bells?.size === 0) this.bells.delete(stream);
  }

  ring(streams: Iterable<string>): void {
    this.bells.get(ALL)?.forEach((bell) => bell.ring());
    if (this.bells.size > 0) for (const stream of streams) this.bells.get(stream)?.forEach((bell) => bell.ring());
  }
}
