import type { EventStatus } from './streams.js';

/** Told of what happens to events; telemetry implements it. Must not throw. */
export interface StreamMetrics {
  eventWritten(): void;
  eventMarked(status: EventStatus): void;
  eventsLeased(count: number): void;
}

export const NO_STREAM_METRICS: StreamMetrics = {
  eventWritten: () => {},
  eventMarked: () => {},
  eventsLeased: () => {},
};
