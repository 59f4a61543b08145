/** Wakes the one who waits for it; nothing is remembered while nobody does. */
export class Bell {
  private wake: (() => void) | undefined;

  get awaited(): boolean {
    return this.wake !== undefined;
  }

  rung(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  ring(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}
