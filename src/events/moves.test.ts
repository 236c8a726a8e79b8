import { describe, expect, it } from 'vitest';
import { MoveMap } from './moves.ts';

describe('the relation that events are read from', () => {
  const columns = ['toYear(time) AS v0'];

  it('has the further columns that are asked for, with merged people as without', () => {
    const moves = new MoveMap();
    expect(moves.source(1, [4], columns)).toBe('(SELECT *, toYear(time) AS v0 FROM events WHERE workspace_no = 1 AND person_no IN [4])');
    moves.add(1, [{ from: 3, to: 4 }]);
    const merged = moves.source(1, [4], columns);
    expect(merged).toContain('SELECT *, toYear(time) AS v0 FROM events WHERE workspace_no = 1 AND person_no IN [4,3]');
    expect(merged).toContain('transform(person_no, [3], [4], person_no)');
    expect(moves.source(2, undefined, columns)).toBe('(SELECT *, toYear(time) AS v0 FROM events WHERE workspace_no = 2)');
  });

  it('follows a person who is merged on', () => {
    const moves = new MoveMap();
    moves.add(1, [{ from: 3, to: 4 }]);
    moves.add(1, [{ from: 4, to: 5 }]);
    expect(moves.source(1)).toContain('transform(person_no, [3,4], [5,5], person_no)');
    expect(moves.openCount()).toBe(2);
  });
});
