import { Counter, type Registry } from 'prom-client';
import { RATES, type Rate, type RateObserver } from '../rate-limits/publish-limiter.js';

/** Counts what was over the limits of its client. Which client it was is not told: there may be any number of them. */
export class RateInstruments implements RateObserver {
  readonly #limited: Counter<'rate'>;

  constructor(registry: Registry) {
    this.#limited = new Counter({
      name: 'waybill_rate_limited_messages_total',
      help: 'Messages refused because their client publishes more than its limit, by the limit that it has to wait for.',
      labelNames: ['rate'],
      registers: [registry],
    });
    // Alerts on a rate need to see the first one too.
    for (const rate of RATES) this.#limited.inc({ rate }, 0);
  }

  rateLimited(rate: Rate, messages: number): void {
    this.#limited.inc({ rate }, messages);
  }
}
