import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { inTurn } from '../bench/scenario.js';
import { reasonOf } from '../failure.js';
import type { ArrivalSchedule } from './arrival-schedule.js';
import { ErrorWindow } from './error-window.js';
import { type LoadMessages, sinceStamp } from './load-messages.js';
import type { LoadRecorder } from './load-recorder.js';
import type { LoadEnd, LoadSecond } from './load-results.js';
import type { LoadTarget } from './load-target.js';
import { RecentMessages } from './recent-messages.js';

export interface LoadPlan {
  readonly schedule: ArrivalSchedule;
  readonly messages: LoadMessages;
  /** Calls and subscriptions are spread over them in turn. */
  readonly targets: readonly LoadTarget[];
  /** Subject of each subscription. */
  readonly subscriptions: readonly string[];
  /** From 0 to 1: how many of the calls fetch. */
  readonly fetchShare: number;
  /** A call that is due while so many are not answered is dropped. */
  readonly maxInFlight: number;
  /** From 0 to 1; see {@link ErrorWindow}. */
  readonly maxErrors: number;
  /** Ends the load before its time. */
  readonly signal: AbortSignal;
  /** Called as each second of what is measured is over. */
  readonly onSecond: (second: LoadSecond) => void;
  readonly preparing: (what: string) => void;
}

/** How long deliveries may take after the last answer. */
const LAST_DELIVERIES_MS = 5000;
const POLL_MS = 20;

/** One load: starts each call when it is due, whatever became of those before it. */
export class LoadRun {
  readonly #plan: LoadPlan;
  readonly #recorder: LoadRecorder;
  readonly #recent = new RecentMessages();
  readonly #subscribersOf = new Map<string, number>();
  readonly #errors: ErrorWindow;
  readonly #stop = new AbortController();
  readonly #ended: AbortSignal;
  readonly #seconds: LoadSecond[] = [];
  #tooManyErrors = false;
  #inFlight = 0;
  #startMs = 0;
  /** Until when calls arrived. */
  #arrivedUntilMs = 0;

  constructor(plan: LoadPlan, recorder: LoadRecorder) {
    this.#plan = plan;
    this.#recorder = recorder;
    this.#errors = new ErrorWindow(plan.maxErrors);
    this.#ended = AbortSignal.any([plan.signal, this.#stop.signal]);
    // Every call that is under way listens.
    setMaxListeners(0, this.#ended);
  }

  /** The seconds that are over. */
  get seconds(): readonly LoadSecond[] {
    return this.#seconds;
  }

  get hasSubscribers(): boolean {
    return this.#plan.subscriptions.length > 0;
  }

  /** How long calls that are measured arrived. */
  get measuredSeconds(): number {
    return this.#measuredSeconds(this.#arrivedUntilMs);
  }

  /** @throws WaybillError when the server cannot be reached to begin with, or a subscription is refused */
  async run(): Promise<LoadEnd> {
    const { targets, signal } = this.#plan;
    await Promise.all(targets.map((target) => target.connect()));
    const subscriptions = this.#subscribe();
    try {
      await Promise.race([subscriptions.open, subscriptions.closed]);
      this.#startMs = performance.now();
      await Promise.race([this.#callAll(), subscriptions.closed]);
      await Promise.race([this.#lastDeliveries(), subscriptions.closed]);
    } finally {
      this.#stop.abort();
      // Callers that are cancelled still settle.
      while (this.#inFlight > 0) await wait(POLL_MS);
    }
    await subscriptions.closed;
    // What was answered late belongs to the last second; one that was cut short is left out.
    const { schedule } = this.#plan;
    this.#completeSeconds(
      this.#arrivedUntilMs < schedule.endMs ? Math.floor(this.measuredSeconds) : this.#wholeSeconds,
    );
    if (this.#tooManyErrors) return 'too many errors';
    return signal.aborted ? 'interrupted' : 'complete';
  }

  #now(): number {
    return performance.now() - this.#startMs;
  }

  #measuredSeconds(ms: number): number {
    const { measuredFromMs, endMs } = this.#plan.schedule;
    return Math.max(0, Math.min(ms, endMs) - measuredFromMs) / 1000;
  }

  get #wholeSeconds(): number {
    return Math.ceil(this.#measuredSeconds(this.#plan.schedule.endMs));
  }

  async #callAll(): Promise<void> {
    const { schedule } = this.#plan;
    const { count } = schedule;
    let next = 0;
    while (!this.#ended.aborted) {
      const nowMs = this.#now();
      for (; next < count && schedule.timeOf(next) <= nowMs; next++) this.#arrive(next, nowMs);
      this.#arrivedUntilMs = Math.min(nowMs, schedule.endMs);
      this.#completeSeconds(Math.min(Math.floor(this.measuredSeconds), this.#wholeSeconds - 1));
      if (next === count && nowMs >= schedule.endMs) break;
      const nextMs = next === count ? schedule.endMs : schedule.timeOf(next);
      await wait(Math.max(1, Math.min(nextMs - nowMs, 100)), undefined, { signal: this.#ended }).catch(() => undefined);
    }
    while (this.#inFlight > 0 && !this.#ended.aborted) await wait(POLL_MS);
  }

  #arrive(index: number, nowMs: number): void {
    const { schedule, maxInFlight, targets } = this.#plan;
    const dueMs = schedule.timeOf(index);
    if (this.#inFlight >= maxInFlight) {
      this.#recorder.dropped(dueMs);
      return;
    }
    this.#recorder.started(dueMs, nowMs);
    this.#inFlight++;
    void this.#call(inTurn(targets, index), dueMs).finally(() => this.#inFlight--);
  }

  async #call(target: LoadTarget, dueMs: number): Promise<void> {
    const { fetchShare, messages } = this.#plan;
    const stored = Math.random() < fetchShare ? this.#recent.pick(performance.now()) : undefined;
    try {
      if (stored !== undefined) {
        await target.fetch(stored.subject, stored.id, this.#ended);
        this.#recorder.succeeded('fetch', dueMs, this.#now(), 0);
        return;
      }
      const message = messages.next(this.#epochUs(dueMs));
      const id = await target.publish(message, this.#ended);
      this.#recorder.succeeded('publish', dueMs, this.#now(), this.#subscribersOf.get(message.subject) ?? 0);
      if (fetchShare > 0) this.#recent.add(message.subject, id, performance.now());
    } catch (error) {
      // What was cancelled at the end says nothing about the server.
      if (!this.#ended.aborted) this.#recorder.failed(reasonOf(error), dueMs, this.#now());
    }
  }

  #epochUs(ms: number): number {
    return (performance.timeOrigin + this.#startMs + ms) * 1000;
  }

  #subscribe(): { readonly open: Promise<unknown>; readonly closed: Promise<unknown> } {
    const { subscriptions, targets, preparing } = this.#plan;
    if (subscriptions.length > 0) preparing(`opening ${subscriptions.length} subscriptions`);
    const opening: Promise<void>[] = [];
    const running = subscriptions.map((subject, index) => {
      this.#subscribersOf.set(subject, (this.#subscribersOf.get(subject) ?? 0) + 1);
      let onOpen: () => void = () => undefined;
      opening.push(
        new Promise((resolve) => {
          onOpen = resolve;
        }),
      );
      return inTurn(targets, index).subscribe(subject, onOpen, (body) => this.#deliver(body), this.#ended);
    });
    // Without subscriptions this must not resolve before the end, nor keep it waiting.
    const closed = Promise.all([...running, this.#aborted()]);
    closed.catch(() => undefined);
    return { open: Promise.all(opening), closed };
  }

  #aborted(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended.aborted) resolve();
      this.#ended.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #deliver(body: Buffer): void {
    const nowMs = this.#now();
    const since = sinceStamp(body, this.#epochUs(nowMs));
    // Calls are due at whole milliseconds; the rest is rounding of the stamp.
    if (since !== undefined) this.#recorder.delivered(Math.round(nowMs - since / 1000), nowMs);
  }

  async #lastDeliveries(): Promise<void> {
    const untilMs = this.#now() + LAST_DELIVERIES_MS;
    while (
      this.#recorder.delivery.count < this.#recorder.expectedDeliveries &&
      this.#now() < untilMs &&
      !this.#ended.aborted
    ) {
      await wait(POLL_MS);
    }
  }

  /** Adds the seconds up to this number. */
  #completeSeconds(until: number): void {
    const { schedule, onSecond } = this.#plan;
    while (this.#seconds.length < until) {
      const index = this.#seconds.length;
      const fromMs = schedule.measuredFromMs + index * 1000;
      const { succeeded, failed, dropped, deliveries, latencies } = this.#recorder.second(index);
      const ms = (rank: number): number => Math.round(latencies.percentileUs(rank)) / 1000;
      const second = {
        second: index + 1,
        asked: Math.round(schedule.cumulative(fromMs + 1000) - schedule.cumulative(fromMs)),
        succeeded,
        failed,
        dropped,
        inFlight: this.#inFlight,
        deliveries,
        p50: ms(50),
        p95: ms(95),
        p99: ms(99),
        max: ms(100),
      };
      this.#seconds.push(second);
      onSecond(second);
      if (this.#errors.isExceeded(second) && !this.#ended.aborted) {
        this.#tooManyErrors = true;
        this.#stop.abort();
      }
    }
  }
}
