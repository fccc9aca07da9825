import { requireBackendAndTime } from '../../support/backends.js';
import { postgresMissing } from '../../support/services/postgres-binaries.js';
import { toolsMissing } from '../../support/tools.js';
import { IdleStreams } from './suite/idle-streams.js';
import { killReplicas } from './suite/kills.js';
import { restartInTurn } from './suite/rolling-restart.js';

requireBackendAndTime('envoy', toolsMissing('envoy') ?? postgresMissing(18))('brokers behind Envoy, over time', () => {
  let idle: IdleStreams;

  // So that their time passes while the other tests run.
  beforeAll(async () => {
    idle = await IdleStreams.open();
  }, 60_000);

  afterAll(async () => {
    await idle?.close();
  }, 30_000);

  it(
    'fail no call while they are restarted one after the other, and take nothing from a subscriber',
    restartInTurn,
    300_000,
  );

  it(
    'lose no message that was acknowledged when they are killed, and leave no subscriber a gap',
    killReplicas,
    600_000,
  );

  it('keep subscriptions that are idle for 6 minutes, and deliver on the same streams then', () => idle.use(), 420_000);
});
