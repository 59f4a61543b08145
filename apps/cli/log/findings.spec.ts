import { expect, it } from '@jest/globals';
import { verifyLog } from '#audit';
import { docketEvents } from '#process-managers';
import { anEvent, logFrom } from '../../../libs/audit/testing/small-log.js';
import { findings } from './findings.js';

it('what a file or a stranger says of itself cannot move the cursor', async () => {
  const log = await logFrom(1);
  await log.append('order-\u001B[2J1', 'no-stream', [anEvent('Order\u001B[31mPlaced', {}, 'no time')]);
  const found = await verifyLog({ events: log.readAll({ asStored: true }), catalogue: docketEvents });
  const text = findings({ of: 'x.gz: made by\u001B]0;nobody\u0007', log: found });
  expect(text).toContain('Order[31mPlaced');
  expect(text).not.toMatch(/[\u001B\u0007]/);
});
