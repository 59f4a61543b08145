import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requestsOf } from './requests.js';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

it('brings all alerts along in order, in requests that are as large as they may be', () => {
  const alert = fc.record({ id: fc.string({ unit: 'binary', maxLength: 400 }) });
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 30 }), (alerts) => {
      const incident = { id: '1', comments: [{ comment: 'said' }] };
      const limits = { bytes: 600, alerts: 5 };
      const requests = [...requestsOf({ incident, alerts }, 'defender', limits)];
      expect(requests.flatMap((request) => request.incident.alerts)).toEqual(alerts);
      expect(requests.filter((request) => request.incident.comments !== undefined)).toEqual(requests.slice(0, 1));
      for (const [index, { incident }] of requests.entries()) {
        const { alerts } = incident;
        expect(alerts.length).toBeLessThanOrEqual(limits.alerts);
        if (alerts.length > 1)
          expect(bytes({ ...incident, alerts: [] }) + bytes(alerts)).toBeLessThan(limits.bytes + 40);
        const next = requests[index + 1]?.incident.alerts[0];
        const isFull =
          alerts.length === limits.alerts || bytes({ ...incident, alerts: [...alerts, next] }) > limits.bytes - 40;
        expect(next === undefined || isFull).toBe(true);
      }
    }),
  );
});

it('leaves an alert that is too large for any request alone, so that the incident comes along', () => {
  const alerts = [{ id: 'x'.repeat(700) }, { id: 'y' }];
  const requests = [...requestsOf({ incident: { id: '1' }, alerts }, 'defender', { bytes: 600, alerts: 5 })];
  expect(requests.map(({ incident }) => incident.alerts)).toEqual([[], [alerts[0]], [alerts[1]]]);
});
