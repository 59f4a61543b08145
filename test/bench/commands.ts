/** `npm run bench`: commands over HTTP beside the client's own appends, in turns. README.md says how to read it. */
import { startBesideRaw, withProcessorTime } from './beside-raw.js';
import { median, overHttp, rate } from './load.js';

const width = 32;
const rounds = Number(process.env.ROUNDS ?? 5);
const seconds = Number(process.env.SECONDS ?? 4);
const docket = await startBesideRaw(width);

try {
  const { address, token } = docket;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: unknown) => {
    const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { incidentId: string; position: string };
  };
  const opened = await Promise.all(
    Array.from({ length: width }, (_, nth) => post('/v1/incidents', { displayName: `Incident ${nth}` })),
  );
  const paths = opened.map(({ incidentId }) => `/v1/incidents/${incidentId}/comments`);
  const body = { comment: 'The user says that she did not start this program herself.' };
  const commands = (forSeconds: number) => overHttp({ address, token, paths, body, seconds: forSeconds });

  // The first thousands of operations of a process measure its compiler.
  await commands(10);
  await docket.appends(5);
  const table: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const http = await withProcessorTime([docket.docketPid, process.pid], () => commands(seconds));
    const client = await withProcessorTime([docket.storePid, docket.rawPid], () => docket.appends(seconds));
    table.push({
      round,
      'HTTP commands/s': Math.round(rate(http.measured)),
      'raw appends/s': Math.round(rate(client.measured)),
      ratio: (rate(http.measured) / rate(client.measured)).toFixed(2),
      'docket µs/op': Math.round(http.spent[0]!),
      'load µs/op': Math.round(http.spent[1]!),
      'store µs/op': Math.round(client.spent[0]!),
      'client µs/op': Math.round(client.spent[1]!),
      'HTTP p50 ms': http.measured.median,
      'raw p50 ms': client.measured.median.toFixed(1),
    });
  }
  console.table(table);
  const ratio = median(table.map((row) => Number(row.ratio)));
  console.log(
    `Commands over HTTP reach ${ratio.toFixed(2)} of the raw client's rate at ${width} (median of ${rounds} rounds; aim 0.4 now, 0.6 later).`,
  );
} finally {
  docket.stop();
}
