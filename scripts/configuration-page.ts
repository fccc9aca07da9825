import { clientSchema } from '../src/config/client-schema.js';
import { CONFIG_FILE_VARIABLE } from '../src/config/load.js';
import { optionsOf, type Option } from '../src/config/option.js';
import { serverSchema } from '../src/config/server-schema.js';

const SERVER_HEAD = `| variable | in the file | form | default | meaning |
|---|---|---|---|---|`;

/** Commands read no file. */
const CLIENT_HEAD = `| variable | flag | form | default | meaning |
|---|---|---|---|---|`;

function row(option: Option, second: string): string {
  const value = option.defaultText === undefined ? 'unset' : `\`${option.defaultText}\``;
  return `| \`${option.variable}\` | \`${second}\` | ${option.form.replaceAll('|', '\\|')} | ${value} | ${option.meaning} |`;
}

/** All but that of `WAYBILL_CLIENTS`, because `WAYBILL_CLIENTS_FILE` is a setting of its own. */
function secretFileVariables(): string {
  const options = [...optionsOf(serverSchema), ...optionsOf(clientSchema)];
  const variables = new Set(options.map(({ variable }) => variable));
  const files = options.filter(({ secret }) => secret === true).map(({ variable }) => `${variable}_FILE`);
  return files
    .filter((file) => !variables.has(file))
    .map((file) => `\`${file}\``)
    .join(', ');
}

/** `docs/configuration.md`, made from the schema. `npm run generate` writes it; a test compares. */
export function configurationPage(): string {
  return `# Configuration

Flags override environment variables, which override the file (YAML), which overrides the defaults. The flag of
\`WAYBILL_GRPC_ADDRESS\` is \`--grpc-address\`, and so on. Unknown keys are refused, and all problems are reported at once. Secrets belong into variables or files, because everybody
on a machine sees the flags of its processes.

A setting that holds a secret may also come from a file, which its variable with \`_FILE\` names; white space around the secret is cut off,
and giving both is a problem: ${secretFileVariables()}.

A duration is a number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`; a size is a number of bytes, or one with \`KiB\`, \`MiB\` or \`GiB\`.

## The server

\`waybill serve\` reads the file that \`--config\` names, or else \`${CONFIG_FILE_VARIABLE}\`; without either there is none. In the file
\`grpc.address\` is \`address\` under \`grpc\`. \`waybill config\`, with the same flags, prints what is in effect and where it comes from.

${SERVER_HEAD}
${optionsOf(serverSchema)
  .map((option) => row(option, option.path))
  .join('\n')}

## Commands that talk to a server

They take flags and variables and read no file.

${CLIENT_HEAD}
${optionsOf(clientSchema)
  .map((option) => row(option, option.flag))
  .join('\n')}
`;
}
