import { describe, expect, it } from '@jest/globals';
import { isLoopback, namesThisMachine } from './allowed-hosts.js';

describe('the Host header', () => {
  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1:65535', '[::1]:3000', '[::1]'])(
    '%s names this machine',
    (host) => {
      expect(namesThisMachine(host)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'docket.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:3000',
    'localhost:99999',
    'localhost:3000@evil.example',
    '::1',
  ])('%s does not', (host) => {
    expect(namesThisMachine(host)).toBe(false);
  });
});

describe('an address to listen on', () => {
  it('is loopback or not', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'docket.example', '127.evil.example'].some(isLoopback)).toBe(false);
  });
});
