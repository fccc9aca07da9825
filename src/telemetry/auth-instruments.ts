import { Counter, type Registry } from 'prom-client';
import { VERBS, type Verb } from '../auth/access.js';
import type { AuthObserver } from '../auth/authenticator.js';

const PROTOCOLS = ['grpc', 'tcp'] as const;

/** Counts who was not let in and what was not allowed. Which client it was is not told: anybody can claim an id. */
export class AuthInstruments implements AuthObserver {
  readonly #failures: Counter<'protocol'>;
  readonly #denials: Counter<'verb'>;

  constructor(registry: Registry) {
    this.#failures = new Counter({
      name: 'waybill_authentication_failures_total',
      help: 'Requests with wrong or missing credentials.',
      labelNames: ['protocol'],
      registers: [registry],
    });
    this.#denials = new Counter({
      name: 'waybill_permission_denials_total',
      help: 'Requests of known clients that no rule allows.',
      labelNames: ['verb'],
      registers: [registry],
    });
    // Alerts on a rate need to see the first one too.
    for (const protocol of PROTOCOLS) this.#failures.inc({ protocol }, 0);
    for (const verb of VERBS) this.#denials.inc({ verb }, 0);
  }

  authenticationFailed(protocol: (typeof PROTOCOLS)[number]): void {
    this.#failures.inc({ protocol });
  }

  actionDenied(verb: Verb): void {
    this.#denials.inc({ verb });
  }
}
