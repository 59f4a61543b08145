/**
 * Stands in for the class of the same name in the client's tests, which starts EventStoreDB in docker: it starts the embedded event store, in
 * a process of its own, and for tests that want TLS a proxy before it that speaks TLS.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/** Of docket-eventstore; named by client-tests.mjs. */
const program = process.env.DOCKET_EVENTSTORE!;

export class Cluster {
  readonly domain = 'localhost';
  readonly #folder = mkdtempSync(join(tmpdir(), 'client-tests-'));
  readonly #sockets = new Set<Socket>();
  #server: ChildProcess | undefined;
  #proxy: Server | undefined;
  #port = 0;
  #innerPort = 0;

  constructor(
    count: number,
    private readonly insecure = false,
  ) {
    if (count !== 1) throw new Error('The embedded event store is a single node');
  }

  get endpoints() {
    return [{ address: this.domain, port: this.#port }];
  }
  get uri(): string {
    return `${this.domain}:${this.#port}`;
  }
  get certPath() {
    return { root: join(this.#folder, 'root.crt') };
  }
  get certs() {
    return { root: readFileSync(this.certPath.root) };
  }

  /** There is nothing to set. */
  setLogLevel = () => this;
  setOption = () => this;

  up = async (): Promise<void> => {
    this.#port = await freePort();
    this.#innerPort = this.insecure ? this.#port : await freePort();
    if (!this.insecure) this.#certify();
    await this.#start();
  };

  killNode = async (): Promise<void> => {
    const server = this.#server!;
    server.kill('SIGTERM'); // as docker ends one
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => (this.#proxy ? this.#proxy.close(resolve) : resolve(undefined)));
  };

  resurrect = async (): Promise<void> => {
    await this.#start();
  };

  down = async (): Promise<void> => {
    await this.killNode();
    rmSync(this.#folder, { recursive: true, force: true });
  };

  async #start(): Promise<void> {
    const flags = ['--port', String(this.#innerPort), '--data', join(this.#folder, 'events')];
    this.#server = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(this.#server.stdout!, 'data'); // it says where it listens
    if (this.insecure) return;
    const { root: certificate } = this.certs;
    const key = readFileSync(join(this.#folder, 'root.key'));
    this.#proxy = createTlsServer({ key, cert: certificate, ALPNProtocols: ['h2'] }, (outer) => {
      const inner = connect(this.#innerPort, '127.0.0.1');
      for (const [one, other] of [
        [outer, inner],
        [inner, outer],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => this.#sockets.delete(one) && other.destroy());
        one.pipe(other);
      }
    });
    this.#proxy.listen(this.#port);
    await once(this.#proxy, 'listening');
  }

  #certify(): void {
    const files = ['-keyout', join(this.#folder, 'root.key'), '-out', this.certPath.root];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files], {
      stdio: 'ignore',
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
