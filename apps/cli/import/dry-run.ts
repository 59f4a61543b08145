import { Problem } from '#platform';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { Adaptation, AlertResult, Destination } from './destination.js';
import { commentsOf } from './united.js';

/** Reads everything as the API would and keeps nothing: what is wrong in itself shows, not what Docket has otherwise already. */
export async function dryRun(): Promise<Destination> {
  const { readGraphIncident, readComments } = await import('../../api/incidents/graph-incident.js'); // no other command waits for it
  const { readGraphAlert } = await import('../../api/alerts/graph-alert.js');
  const { GraphFields } = await import('../../api/alerts/graph-fields.js');
  const { bodyLimits, sizeOf } = await import('../../api/http/body-parsers.js');
  const now = new Date().toISOString();

  const alertProblem = (alert: unknown, adapted: Adaptation[]): Problem | undefined =>
    problemIn(() => {
      if (sizeOf(alert) > bodyLimits.alert) throw new Problem('body-too-large');
      const read = readGraphAlert(alert, now, { imported: true });
      const fields = GraphFields.of(alert, { what: 'An alert' });
      readComments(fields, read.report.id);
      fields.assertReadable();
      const alertId = read.report.id;
      adapted.push(...[...read.adapted, ...fields.adapted].map((each) => ({ ...each, alertId })));
    });

  return async ({ source, incident }) => {
    const adapted: Adaptation[] = [];
    const problem = problemIn(() => adapted.push(...readGraphIncident(incident, source, now).adapted));
    if (problem) throw new ProblemAnswer(problem.status, problem.toJSON());
    const alerts = incident.alerts.map((alert): AlertResult => {
      const problem = alertProblem(alert, adapted);
      const id = (alert as { id?: string } | null)?.id ?? null;
      return {
        id,
        incidentId: null,
        outcome: problem ? 'refused' : 'readable',
        ...(problem && { problem: problem.toJSON() }),
      };
    });
    const readable = [incident, ...incident.alerts.filter((_, index) => alerts[index]!.outcome === 'readable')];
    const comments = { readable: readable.reduce<number>((sum, row) => sum + commentsOf(row).length, 0) };
    return { incidentId: null, outcome: 'readable', adapted, differences: [], alerts, comments };
  };
}

function problemIn(work: () => void): Problem | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
