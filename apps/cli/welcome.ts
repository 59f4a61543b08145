import type { Loaded } from './fill-with-examples.js';

export interface Welcome {
  readonly address: string;
  readonly dataFolder: string;
  readonly examples: Loaded | undefined;
  readonly token: string;
  readonly tokenHours: number;
}

/** What somebody needs who has just started a docket. */
export const welcome = ({ address, dataFolder, examples, token, tokenHours }: Welcome): string => `
Docket is ready: ${address} (documentation: ${address}/docs), ${process.uptime().toFixed(1)} s after its start.
Data is in ${dataFolder}${examples ? `, with ${examples.incidents} example incidents of ${examples.alerts} alerts` : ''}.

A token for analyst1, role admin, good for ${tokenHours} h (\`npm run docket -- token --as <name> --role <role>\` prints another):

export TOKEN=${token}

Three things to try:

curl -s -H "Authorization: Bearer $TOKEN" "${address}/v1/incidents?status=active&limit=3"
curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{"assignedTo":"me"}' ${address}/v1/incidents/1/assign
curl -s -H "Authorization: Bearer $TOKEN" "${address}/v1/incidents/1/history?order=desc&limit=3"
`;
