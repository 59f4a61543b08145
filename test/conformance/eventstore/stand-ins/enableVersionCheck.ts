/** Stands in for the test environment that asks a server in docker for its version: ours is known. */
import { TestEnvironment } from 'jest-environment-node';

export default class WithServerVersion extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { capabilities: { serverVersion: '23.10.0' } });
  }
}
