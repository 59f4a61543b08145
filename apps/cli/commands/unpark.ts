import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { clientCommand, connect, withFormats } from '../connection/options.js';
import type { AddressOptions } from '../connection/address.js';
import type { DocketClient } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { formatOf, printRows, remark } from '../terminal/output.js';
import type { FormatOptions } from '../terminal/output.js';
import type { Column } from '../terminal/table.js';

interface Parked {
  readonly id: string;
  readonly kind: string;
  readonly projection: string;
  readonly reason: string;
  readonly time: string;
  readonly unparkRequested: boolean;
}

interface Options extends AddressOptions, FormatOptions {
  readonly all?: true;
}

const columns: readonly Column<Parked>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'projection', value: ({ projection }) => projection },
  { title: 'since', value: ({ time }) => time },
  { title: 'reason', value: ({ reason }) => reason, least: 20 },
];

/** The projector looks for requests twice a second; an incident of ten thousand alerts takes it some twenty seconds. */
const patienceMs = 60_000;
const lookEveryMs = 250;

export const unparkCommand = (): Command =>
  withFormats(clientCommand('unpark'))
    .description('Show what is parked, because an event of it could not be projected, or have it folded anew.')
    .argument('[id...]', 'incidents and alerts to fold anew; none: show what is parked')
    .option('--all', 'all that is parked')
    .addHelpText(
      'after',
      `
What is parked is not shown, as it would be stale. First mend why: mostly a later Docket wrote the event, and
that version, or a later one, must run here. Exit code 1 where something stays parked. Needs the role admin.

Examples:
  docket unpark
  docket unpark 12
  docket unpark --all`,
    )
    .action(unpark);

async function unpark(ids: readonly string[], { all, json, ndjson, ...address }: Options): Promise<void> {
  const client = await connect(address);
  const before = await listed(client);
  const asked = new Set(all ? before.map(({ id }) => id) : ids);
  for (const id of asked) await client.post(`/v1/parked/${encodeURIComponent(id)}/unpark`, {});
  const left = asked.size === 0 ? before : await settled(client, asked);
  await printRows(formatOf({ json, ndjson }), left, columns);
  if (left.length === 0) remark(asked.size === 0 ? 'Nothing is parked.' : 'All of it is shown again.');
  else if (asked.size > 0)
    throw new Refusal(`${left.length} could not be folded anew and stay parked`, exitCodes.failed);
}

const listed = async (client: DocketClient): Promise<readonly Parked[]> =>
  (await client.get<{ readonly value: readonly Parked[] }>('/v1/parked')).value;

/** Those that stay parked. Throws Refusal where no projector takes the requests up. */
async function settled(client: DocketClient, asked: ReadonlySet<string>): Promise<readonly Parked[]> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(lookEveryMs)) {
    const left = (await listed(client)).filter(({ id }) => asked.has(id));
    if (left.every(({ unparkRequested }) => !unparkRequested)) return left;
  }
  throw new Refusal(
    'No projector has folded it anew yet: see docket doctor. The request stands, docket unpark shows how it ends',
    exitCodes.unavailable,
  );
}
