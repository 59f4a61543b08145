import type { Loaded } from './fill-with-examples.js';

export interface Welcome {
  readonly address: string;
  readonly dataFolder: string;
  readonly examples: Loaded | undefined;
  /** An incident that nobody has yet, where there is one. */
  readonly unassigned: string | undefined;
  readonly token: string;
  readonly tokenHours: number;
}

/** What somebody needs who has just started a docket. */
export function welcome({ address, dataFolder, examples, unassigned, token, tokenHours }: Welcome): string {
  const bearer = '-H "Authorization: Bearer $TOKEN"';
  const json = '-H "Content-Type: application/json"';
  const queue = `curl -s ${bearer} "${address}/v1/incidents?status=active&limit=3"`;
  const tries = unassigned
    ? [
        queue,
        `curl -s ${bearer} ${json} -d '{"assignedTo":"me"}' ${address}/v1/incidents/${unassigned}/assign`,
        `curl -s ${bearer} "${address}/v1/incidents/${unassigned}/history?order=desc&limit=3"`,
      ]
    : [
        `curl -s ${bearer} ${json} -d '{"id":"first","title":"Hello","severity":"low"}' ${address}/v1/alerts`,
        queue,
        `curl -s ${bearer} "${address}/v1/alerts/first"`,
      ];
  return `
Docket is ready: ${address} (documentation: ${address}/docs), ${process.uptime().toFixed(1)} s after its start.
Data is in ${dataFolder}${examples ? `, with ${examples.incidents} example incidents of ${examples.alerts} alerts` : ''}.

A token for analyst1, role admin, good for ${tokenHours} h:

export TOKEN=${token}

Three things to try:

${tries.join('\n')}

Or by the command line, in another terminal; it needs no token here:

npm run --silent docket -- queue
npm run --silent docket -- --help
`;
}
