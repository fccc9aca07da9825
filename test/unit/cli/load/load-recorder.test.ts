import { LoadRecorder } from '../../../../src/cli/load/load-recorder.js';

const SCHEDULE = { measuredFromMs: 1000, holdsFromMs: 2000, endMs: 3500 };

describe('what is recorded of a load', () => {
  test('leaves the warm-up out', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    recorder.started(999, 1005);
    recorder.succeeded('publish', 999, 1005, 3);
    recorder.failed('UNKNOWN', 999, 1005);
    recorder.dropped(999);
    recorder.delivered(999, 1005);
    expect(recorder.total.counts).toEqual({ succeeded: 0, failed: 0, dropped: 0 });
    expect([recorder.startDelay.count, recorder.delivery.count, recorder.expectedDeliveries]).toEqual([0, 0, 0]);
    expect(recorder.failures.size).toBe(0);
  });

  test('counts latencies from when a call was due, in the second it ended in', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    recorder.started(1900, 1950);
    recorder.succeeded('publish', 1900, 2100, 0);
    expect(recorder.second(0)).toMatchObject({ succeeded: 0 });
    expect(recorder.second(1)).toMatchObject({ succeeded: 1 });
    expect(recorder.second(1).latencies.maxUs).toBe(200_000);
    expect(recorder.startDelay.maxUs).toBe(50_000);
  });

  test('tells apart what was due while the rate held', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    recorder.succeeded('publish', 1999, 2005, 0);
    recorder.succeeded('fetch', 2000, 2005, 0);
    recorder.failed('UNKNOWN', 2001, 2005);
    recorder.dropped(2002);
    expect(recorder.holdCounts).toEqual({ succeeded: 1, failed: 1, dropped: 1 });
    expect(recorder.total.counts).toEqual({ succeeded: 2, failed: 1, dropped: 1 });
    expect([recorder.publish.count, recorder.fetch.count, recorder.hold.count]).toEqual([1, 1, 1]);
  });

  test('counts what ends late in the last second', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    recorder.succeeded('publish', 3400, 9000, 0);
    expect(recorder.second(2)).toMatchObject({ succeeded: 1 });
  });

  test('tells what was answered in time', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    for (const nowMs of [1999, 2000, 3499, 3500]) recorder.succeeded('publish', 1500, nowMs, 0);
    expect(recorder.inTime).toEqual({ all: 3, hold: 2 });
  });

  test('expects a delivery for each subscriber of what was acknowledged', () => {
    const recorder = new LoadRecorder(SCHEDULE);
    recorder.succeeded('publish', 1500, 1510, 2);
    recorder.delivered(1500, 1512);
    recorder.delivered(1500, 1520);
    expect(recorder.expectedDeliveries).toBe(2);
    expect(recorder.delivery.count).toBe(2);
    expect(recorder.second(0).deliveries).toBe(2);
  });
});
