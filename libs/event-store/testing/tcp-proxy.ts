import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A cable to a server on this machine that a spec can cut, and leave cut. */
export async function startTcpProxy(port: number) {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    /** Ends all connections at once, whatever is on its way; new ones may be made. */
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    /** Until `repair`, no connection can be made. */
    sever() {
      whole = false;
      this.cut();
    },
    repair() {
      whole = true;
    },
    async stop() {
      this.sever();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
