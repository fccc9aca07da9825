import { Command } from 'commander';
import { createConfig } from '../../config/config.js';
import { describeConfig } from '../../config/describe.js';
import { loadServerSettings } from '../../config/load.js';
import { optionsOf } from '../../config/option.js';
import { serverSchema } from '../../config/server-schema.js';
import { ConfigFlags } from '../config-flags.js';
import { Output } from '../output.js';
import type { Terminal } from '../terminal.js';

export function configCommand(terminal: Terminal): Command {
  const command = new Command('config')
    .description('check the configuration of the server and show every effective value and where it comes from')
    .option('--config <file>', 'YAML file with settings (default: none)')
    .option('--json', 'write one JSON object per line');
  const configFlags = new ConfigFlags(command, optionsOf(serverSchema), 'Settings:');
  return command.action(async (flags: { readonly config?: string; readonly json?: true }) => {
    const output = new Output(terminal, flags.json === true);
    const configFile = flags.config === undefined ? {} : { configFile: flags.config };
    const resolved = loadServerSettings({ flags: configFlags.given({ ...flags }), ...configFile });
    createConfig(resolved.settings);
    const values = describeConfig(serverSchema, resolved);
    if (output.json) {
      for (const { path, value, source } of values) await output.record({ path, value: value ?? null, source });
    } else {
      await output.table(
        ['Option', 'Value', 'Source'],
        values.map(({ path, value, source }) => [path, value ?? '', source]),
      );
    }
  });
}
