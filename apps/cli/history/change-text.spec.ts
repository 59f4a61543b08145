import { describe, expect, it } from '@jest/globals';
import { changeText, differenceTexts, labelOf } from './change-text.js';

describe('a change in words', () => {
  it.each([
    [{ property: 'status', from: 'active', to: 'resolved' }, 'active → resolved'],
    [{ property: 'assignedTo', from: null, to: 'lee' }, 'lee'],
    [{ property: 'assignedTo', from: 'lee', to: null }, 'lee → none'],
    [{ property: 'customTags', from: null, to: 'VIP' }, 'VIP'],
    [{ property: 'customTags', from: 'VIP', to: null }, '− VIP'],
    [{ property: 'mergedIncidentIds', from: null, to: '9' }, '9'],
    [{ property: 'status', from: 'active', to: 'redirected' }, 'active → redirected'],
    [{ property: 'customTags', from: [], to: ['VIP', 'Exercise'] }, 'VIP, Exercise'],
    [{ property: 'severityIsAutomatic', from: true, to: false }, 'yes → no'],
    [{ property: 'assets', from: [{ kind: 'user', key: 'k', name: 'kim' }], to: [] }, 'kim → none'],
    [{ property: 'later', from: null, to: { deep: 1 } }, '{"deep":1}'],
  ])('%j', (change, text) => expect(changeText(change)).toBe(text));

  it('stands one below the other where it is long', () => {
    const [from, to] = ['x'.repeat(40), 'y'.repeat(40)];
    expect(changeText({ property: 'displayName', from, to })).toBe(`${from}\n→ ${to}`);
  });

  it('names properties as people do, and those that it does not know as they are', () => {
    expect(['assignedTo', 'redirectIncidentId', 'later'].map(labelOf)).toEqual(['owner', 'merged into', 'later']);
  });
});

describe('a difference in words', () => {
  it('says what was not there, and of lists each that came or went', () => {
    expect(differenceTexts({ property: 'assignedTo', from: null, to: 'lee' })).toEqual(['none → lee']);
    expect(differenceTexts({ property: 'customTags', from: ['a', 'b'], to: ['b', 'c'] })).toEqual(['+ c', '− a']);
  });
});
