import { onIncident } from '../decision.js';

/** From now on the name is somebody's: the system never overwrites it. */
export const rename = ({ displayName }: { displayName: string }) =>
  onIncident((incident) =>
    !incident.nameIsAutomatic && incident.displayName === displayName
      ? []
      : [
          {
            type: 'IncidentRenamed',
            data: { displayName, previous: incident.displayName, previousWasAutomatic: incident.nameIsAutomatic },
          },
        ],
  );

export const describe = ({ description }: { description: string | null }) =>
  onIncident((incident) =>
    incident.description === description
      ? []
      : [{ type: 'IncidentDescribed', data: { description, previous: incident.description } }],
  );
