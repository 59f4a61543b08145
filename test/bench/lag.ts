/** `npm run bench:lag`: from the acknowledgement of a command to the row that shows it. README.md says how to read it. */
import { startBesideRaw } from './beside-raw.js';
import { median, overHttp, quantile, rate } from './load.js';
import { rowLag } from './row-lag.js';
import type { RowLag } from './row-lag.js';

const width = 32;
const rounds = Number(process.env.ROUNDS ?? 5);
const seconds = Number(process.env.SECONDS ?? 8);
const warmUpSeconds = Number(process.env.WARM_UP ?? 10);
/** One caller of the raw client: it appends beside the load, as alone as the client that is watched. */
const docket = await startBesideRaw(1);

try {
  const { address, token } = docket;
  const body = { comment: 'The user says that she did not start this program herself.' };
  const open = async (nth: number) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const opening = { method: 'POST', headers, body: JSON.stringify({ displayName: `Incident ${nth}` }) };
    return ((await (await fetch(`${address}/v1/incidents`, opening)).json()) as { incidentId: string }).incidentId;
  };
  const [watched, ...others] = (await Promise.all(Array.from({ length: width + 1 }, (_, nth) => open(nth)))) as [
    string,
  ];
  const load = { address, token, paths: others.map((id) => `/v1/incidents/${id as string}/comments`), body };

  // The first thousands of operations of a process measure its compiler.
  await overHttp({ ...load, seconds: warmUpSeconds });
  await docket.appends(2);
  const lags: RowLag[] = [];
  const table: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const peak = rate(await overHttp({ ...load, seconds }));
    const perSecond = peak / 2;
    const [lag, raw] = await Promise.all([rowLag({ ...load, seconds, perSecond }, watched), docket.appends(seconds)]);
    lags.push(lag);
    table.push({
      round,
      'peak commands/s': Math.round(peak),
      'at commands/s': Math.round(perSecond),
      'raw append ms': raw.median.toFixed(1),
      'raw append p99': raw.p99.toFixed(1),
      'acknowledged ms': median(lag.acknowledged).toFixed(1),
      'acknowledged p99': quantile(lag.acknowledged, 0.99).toFixed(1),
      'visible later ms': median(lag.visible).toFixed(1),
      'visible later p99': quantile(lag.visible, 0.99).toFixed(1),
      'read ms': median(lag.read).toFixed(1),
      samples: lag.visible.length,
    });
  }
  console.table(table);
  const all = (name: keyof RowLag) => lags.flatMap((lag) => lag[name]);
  const told = (name: keyof RowLag) =>
    `${median(all(name)).toFixed(1)} ms (p99 ${quantile(all(name), 0.99).toFixed(1)})`;
  console.log(
    `At half of the peak rate: acknowledged in ${told('acknowledged')}, its row visible ${told('visible')} later, the read included, ` +
      `which alone takes ${told('read')}; ${all('visible').length} samples.`,
  );
} finally {
  docket.stop();
}
