import { describe, expect, it } from '@jest/globals';
import { Problem, isProblemCode, problemCodes, problems } from './problems.js';

describe('a problem', () => {
  it('is an RFC 9457 document with what the thrower adds', () => {
    const problem = new Problem('stale-revision', { extras: { currentRevision: 7 } });
    expect(JSON.parse(JSON.stringify(problem))).toEqual({
      type: 'urn:docket:problem:stale-revision',
      title: problems['stale-revision'].title,
      status: 412,
      detail: problems['stale-revision'].advice,
      currentRevision: 7,
    });
  });

  it('says when to come back', () => {
    expect(new Problem('concurrent-updates', { retryAfter: 1 }).headers).toEqual({ 'retry-after': '1' });
  });

  it('does not let what is added hide what it is', () => {
    const disguised = new Problem('internal', { extras: { status: 200, type: 'fine' } });
    expect(disguised.toJSON()).toMatchObject({ status: 500, type: 'urn:docket:problem:internal' });
  });
});

describe('the catalogue of problems', () => {
  it('says of each what to do', () => {
    for (const code of problemCodes) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(problems[code].status).toBeGreaterThanOrEqual(400);
      expect(problems[code].advice).toMatch(/\.$/);
    }
  });

  it('is closed', () => {
    expect(isProblemCode('forbidden')).toBe(true);
    expect(isProblemCode('toString')).toBe(false);
  });
});
