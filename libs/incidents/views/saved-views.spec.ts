import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../vocabulary.js';
import { removeView, saveView, viewKey, viewsDecider } from './saved-views.js';
import type { SavedViews } from './saved-views.js';

const metadata = { actor: { name: 'Ann' }, at: '2026-11-23T00:00:00.000Z' };

function carriedOut(views: SavedViews, decide: ReturnType<typeof saveView>): SavedViews {
  const decided = decide(views);
  if ('refused' in decided) throw new Error(decided.refused);
  return decided.reduce((state, event) => viewsDecider.evolve(state, { ...event, metadata }), views);
}

describe('saved views', () => {
  it('hold what was saved last under a name, in whichever spelling', () => {
    let views = carriedOut(viewsDecider.initial(), saveView(' Phishing ', { q: 'phish' }));
    expect(saveView('phishing', { q: 'x' })(views)).toEqual([
      { type: 'ViewSaved', data: { name: 'phishing', query: { q: 'x' }, previous: { q: 'phish' } } },
    ]);
    views = carriedOut(views, saveView('PHISHING', { q: 'x' }));
    expect([...views.values()]).toEqual([
      { name: 'PHISHING', query: { q: 'x' }, savedBy: 'Ann', savedDateTime: metadata.at },
    ]);
    expect(removeView('phishing')(views)).toEqual([
      { type: 'ViewRemoved', data: { name: 'PHISHING', previous: { q: 'x' } } },
    ]);
  });

  it('are what a map by name would hold, and saved again or removed again change nothing', () => {
    const name = fc.constantFrom('a', 'A', 'b', ' b', 'c');
    const query = fc.constantFrom<Record<string, string[]>>({}, { status: ['active'] }, { tag: ['x', 'y'] });
    const step = fc.tuple(name, fc.option(query));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const naive = new Map<string, object>();
        let views = viewsDecider.initial();
        for (const [each, asked] of steps) {
          if (asked) {
            naive.set(viewKey(each), asked);
            views = carriedOut(views, saveView(each, asked));
            expect(saveView(each, asked)(views)).toEqual([]);
          } else if (naive.delete(viewKey(each))) views = carriedOut(views, removeView(each));
          else expect(removeView(each)(views)).toEqual({ refused: 'unknown-view' });
        }
        expect(new Map([...views].map(([key, view]) => [key, view.query]))).toEqual(naive);
      }),
    );
  });

  it('are a limited number', () => {
    let views = viewsDecider.initial();
    for (let n = 0; n < limits.views; n++) views = carriedOut(views, saveView(`view ${n}`, {}));
    expect(saveView('one more', {})(views)).toEqual({ refused: 'too-many-views', limit: limits.views });
    expect(saveView('VIEW 7', { q: 'x' })(views)).toHaveLength(1);
  });
});
