import { describe, expect, it } from '@jest/globals';
import { CommandHandler } from '@nestjs/cqrs';
import { handlers, handlersIn } from './handlers.js';

class Rename {}
@CommandHandler(Rename)
class RenameHandler {}
@CommandHandler(Rename)
class OtherRenameHandler {}
class Assign {}

describe('the handlers', () => {
  it('are found beside the messages that they handle', () => {
    expect(handlersIn({ Rename, RenameHandler, RenameBody: class RenameBody {} })).toEqual([RenameHandler]);
  });

  it('are one for each message', () => {
    expect(() => handlersIn({ Rename, RenameHandler }, { OtherRenameHandler })).toThrow('Rename has two handlers');
    expect(() => handlersIn({ Rename, RenameHandler, Assign })).toThrow('Assign has no handler');
  });

  it('are there for all that can be asked of Docket', () => {
    expect(handlers().map(({ name }) => name)).toContain('RenameIncidentHandler');
    expect(handlers().length).toBeGreaterThanOrEqual(27);
  });
});
