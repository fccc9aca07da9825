import fc from 'fast-check';
import { ArrivalSchedule } from '../../../../src/cli/load/arrival-schedule.js';

const PHASES = { warmUpMs: 2000, from: 100, riseMs: 4000, to: 500, holdMs: 3000 };

/** How many are due in each second. */
function perSecond(schedule: ArrivalSchedule): readonly number[] {
  const counts = new Array<number>(Math.ceil(schedule.endMs / 1000)).fill(0);
  for (let index = 0; index < schedule.count; index++) counts[Math.floor(schedule.timeOf(index) / 1000)]!++;
  return counts;
}

describe('the schedule of a load', () => {
  test('is steady, rises in a straight line and holds', () => {
    const schedule = new ArrivalSchedule(PHASES);
    expect(perSecond(schedule)).toEqual([100, 100, 150, 250, 350, 450, 500, 500, 500]);
    expect([schedule.measuredFromMs, schedule.holdsFromMs, schedule.endMs]).toEqual([2000, 6000, 9000]);
  });

  test('may fall', () => {
    expect(perSecond(new ArrivalSchedule({ warmUpMs: 0, from: 300, riseMs: 2000, to: 100, holdMs: 1000 }))).toEqual([
      250, 150, 100,
    ]);
  });

  test.each([
    [{ ...PHASES, warmUpMs: 0, riseMs: 0 }, 1500],
    [{ ...PHASES, warmUpMs: 0, holdMs: 0 }, 1200],
    [{ ...PHASES, riseMs: 0, holdMs: 0 }, 200],
    [{ ...PHASES, warmUpMs: 0, riseMs: 0, holdMs: 0 }, 0],
  ])('may lack phases: %j', (phases, count) => {
    expect(new ArrivalSchedule(phases).count).toBe(count);
  });

  test('never goes back in time, and asks for as many calls as the rate says', () => {
    const phase = fc.integer({ min: 0, max: 3000 });
    const rate = fc.integer({ min: 1, max: 1000 });
    const phases = fc.record({ warmUpMs: phase, from: rate, riseMs: phase, to: rate, holdMs: phase });
    fc.assert(
      fc.property(phases, (given) => {
        const schedule = new ArrivalSchedule(given);
        const due = Array.from({ length: schedule.count }, (_, index) => schedule.timeOf(index));
        expect(due.filter((ms, index) => ms < (due[index - 1] ?? 0) || ms > schedule.endMs)).toEqual([]);
        // A call is due within the millisecond in which the rate asks for it.
        const early = due.filter((ms, index) => schedule.cumulative(ms) > index + 1e-6);
        const late = due.filter((ms, index) => schedule.cumulative(ms + 1) < index - 1e-6 && ms + 1 < schedule.endMs);
        expect({ early, late }).toEqual({ early: [], late: [] });
      }),
      { numRuns: 50 },
    );
  });
});
