/** A server that does nothing but answer with the page that it was sent: what any HTTP answer of that size costs here. */
import { fastify } from 'fastify';

process.once('message', (page: object) => {
  const server = fastify();
  server.get('/', () => page);
  void server.listen({ host: '127.0.0.1', port: 0 }).then((address) => process.send!(address));
});
