// Copies envoy.yaml to where kustomize, which reads no file outside its folder, makes ConfigMaps of it: as it is, and with
// TLS for clients. With --check nothing is written; it fails when the committed copies are not what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FIRST_LINE_OF_CHAIN = '        - filters:\n';

/** Of a filter chain. The certificate is named in k8s/components/tls/server-certificate.yaml. */
const transportSocket = (alpn) => `        - transport_socket_connect_timeout: 10s
          transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                tls_params: { tls_minimum_protocol_version: TLSv1_2 }
${alpn === undefined ? '' : `                alpn_protocols: ${alpn}\n`}\
                tls_certificate_sds_secret_configs:
                  - name: server
                    sds_config:
                      resource_api_version: V3
                      path_config_source: { path: /etc/envoy/server-certificate.yaml }
          filters:
`;

function withTls(config) {
  return withTlsAt(withTlsAt(config, 'grpc', '[h2, http/1.1]'), 'event-bus', undefined);
}

function withTlsAt(config, listener, alpn) {
  const start = config.indexOf(`    - name: ${listener}\n      address:`);
  const chain = config.indexOf(FIRST_LINE_OF_CHAIN, start);
  if (start < 0 || chain < 0) throw new Error(`envoy.yaml has no listener ${listener} that looks as expected`);
  return config.slice(0, chain) + transportSocket(alpn) + config.slice(chain + FIRST_LINE_OF_CHAIN.length);
}

const source = readFileSync(join(ROOT, 'envoy.yaml'), 'utf8');
const copies = new Map([
  ['k8s/base/envoy/envoy.yaml', source],
  ['k8s/components/tls/envoy.yaml', withTls(source)],
]);
for (const [name, content] of copies) {
  const path = join(ROOT, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== content) {
    console.error(`not up to date with envoy.yaml (run "npm run generate"):\n  ${name}`);
    process.exitCode = 1;
  }
}
