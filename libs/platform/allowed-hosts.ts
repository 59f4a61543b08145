/**
 * Whether a `Host` header names this machine, with any port. A web page that rebinds its own DNS name to 127.0.0.1 reaches the
 * socket, but its browser still sends the page's name: that is how it is told apart.
 */
export function namesThisMachine(host: string | undefined): boolean {
  if (host === undefined) return false;
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host.toLowerCase()) ?? [];
  return isLoopback(name) && (port === undefined || Number(port) <= 65_535);
}

/** Whether an address to listen on can only be reached from this machine. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address === '[::1]' || /^127(\.\d{1,3}){3}$/.test(address);
}
