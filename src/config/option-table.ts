import { optionsOf, type Option } from './option.js';
import { clientSchema } from './client-schema.js';
import { serverSchema } from './server-schema.js';

/** `docs/configuration.md`: every option, from the schemas. */
export function renderConfigurationDocument(): string {
  return `# Configuration

Each setting has three names: a flag of \`waybill serve\`, an environment variable, and a path in the file that \`--config\`
(or \`WAYBILL_CONFIG\`) names. Flags win over the environment, the environment over the file, the file over the defaults.
An option or \`WAYBILL_\` variable that does not exist is refused, and all problems are reported together.
\`waybill config\` shows the effective values and where each comes from.

A file is YAML; the path \`grpc.keepaliveTime\` is written as

\`\`\`yaml
grpc:
  keepaliveTime: 30s
\`\`\`

Durations are written \`500ms\`, \`90s\`, \`15m\`, \`36h\`, \`7d\`; sizes \`65536\`, \`64KiB\`, \`4MiB\`, \`1GiB\`; addresses \`host:port\`.

## Server

${table(optionsOf(serverSchema), true)}

## Commands that talk to a server

These have no path in the file.

${table(optionsOf(clientSchema), false)}
`;
}

function table(options: readonly Option[], withPath: boolean): string {
  const head = ['Flag', 'Variable', ...(withPath ? ['Path in the file'] : []), 'Default', 'Meaning'];
  const rows = options.map((option) => [
    code(`${option.flag}`),
    code(option.variable),
    ...(withPath ? [code(option.path)] : []),
    option.defaultText === undefined ? '' : code(option.defaultText),
    option.meaning,
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
