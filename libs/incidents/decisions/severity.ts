import { onIncident } from '../decision.js';
import type { Profile } from '../profile.js';
import type { Severity } from '../vocabulary.js';
import { severities } from '../vocabulary.js';

/** The highest severity of the alerts; undefined where there is none. */
export function highest(profile: Profile): Severity | undefined {
  const present = new Set(profile.severities);
  return severities.findLast((severity) => present.has(severity));
}

/** Sets the severity by hand; `automatic` gives it back to the alerts. */
export const setSeverity = ({ severity }: { severity: Severity | 'automatic' }) =>
  onIncident(({ severity: previous, severityIsAutomatic: previousWasAutomatic, profile }) => {
    const automatic = severity === 'automatic';
    const next = automatic ? (highest(profile.after()) ?? previous) : severity;
    return next === previous && automatic === previousWasAutomatic
      ? []
      : [{ type: 'IncidentSeverityChanged', data: { severity: next, previous, automatic, previousWasAutomatic } }];
  });
