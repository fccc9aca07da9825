import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { promisify } from 'node:util';
import { requireBackend } from '../../support/backends.js';
import { printedManifests, workload } from '../../support/kubernetes/manifests.js';
import { Envoy } from '../../support/programs/envoy.js';
import { toolsMissing } from '../../support/tools.js';

requireBackend('kubernetes', toolsMissing('kubectl', 'envoy'))('the end of a pod of Envoy', () => {
  test('begins with a hook that takes it out of service and asks its connections to leave', async () => {
    let adminPort = 0;
    const envoy = await Envoy.start({
      brokers: [],
      edit: ({ admin }) => (adminPort = admin.address.socket_address.port_value),
    });
    try {
      const session = connect(`http://${envoy.address}`);
      const call = async (): Promise<void> => {
        const request = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'application/grpc' });
        await once(request.resume().end(), 'close');
      };
      let goneAway = false;
      session.on('goaway', () => (goneAway = true));
      await call();
      expect(goneAway).toBe(false);
      expect((await fetch(`${envoy.observabilityUrl}/ready`)).status).toBe(200);

      const [container] = workload(await printedManifests('embedded'), 'envoy').spec.template.spec.containers;
      const [program, ...args] = container?.lifecycle?.preStop?.exec?.command ?? [];
      const here = args.map((arg) => arg.replaceAll('/9901', `/${adminPort}`).replace(/sleep \d+/, 'sleep 0'));
      const { stdout } = await promisify(execFile)(program ?? '', here);

      expect(stdout.match(/^HTTP\/1.1 200 OK/gm)).toHaveLength(2);
      expect((await fetch(`${envoy.observabilityUrl}/ready`)).status).toBe(503);
      const goAway = once(session, 'goaway');
      await call();
      await goAway;
      session.destroy();
    } finally {
      await envoy.stop();
    }
  });

  test('leaves the hook time within the grace period, and the drain no more than the hook', async () => {
    const { spec } = workload(await printedManifests('embedded'), 'envoy').spec.template;
    const [container] = spec.containers;
    const hook = Number(/sleep (\d+)/.exec(container?.lifecycle?.preStop?.exec?.command.join(' ') ?? '')?.[1]);
    const drain = Number(container?.args?.[container.args.indexOf('--drain-time-s') + 1]);
    expect(drain).toBeLessThanOrEqual(hook);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(hook + 15);
  });
});
