import { clientSchema } from '../src/config/client-schema.js';
import { optionsOf, type Option } from '../src/config/option.js';
import { serverSchema } from '../src/config/server-schema.js';

const HEAD = `| variable | in the file | form | default | meaning |
|---|---|---|---|---|`;

function row(option: Option): string {
  const value = option.defaultText === undefined ? 'unset' : `\`${option.defaultText}\``;
  return `| \`${option.variable}\` | \`${option.path}\` | ${option.form.replaceAll('|', '\\|')} | ${value} | ${option.meaning} |`;
}

/** `docs/configuration.md`, made from the schema. `npm run generate` writes it; a test compares. */
export function configurationPage(): string {
  return `# Configuration

Flags override environment variables, which override the file that \`--config\` names (YAML), which overrides the defaults. The flag
of \`WAYBILL_GRPC_ADDRESS\` is \`--grpc-address\`, and so on; in the file \`grpc.address\` is \`address\` under \`grpc\`. Unknown keys are
refused, and all problems are reported at once. \`waybill config\` prints what is in effect.

A duration is a number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`; a size is a number of bytes, or one with \`KiB\`, \`MiB\` or \`GiB\`.

## The server

${HEAD}
${optionsOf(serverSchema).map(row).join('\n')}

## Commands that talk to a server

${HEAD}
${optionsOf(clientSchema).map(row).join('\n')}
`;
}
