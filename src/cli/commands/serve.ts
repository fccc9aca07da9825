import { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import { optionsOf } from '../../config/option.js';
import { serverSchema } from '../../config/server-schema.js';
import { ConfigFlags } from '../config-flags.js';
import type { CommandResult } from '../command-result.js';

export function serveCommand(serve: (config: Config) => Promise<number>, result: CommandResult): Command {
  const command = new Command('serve')
    .description('run the broker')
    .option('--config <file>', 'YAML file with settings (default: none)');
  const configFlags = new ConfigFlags(command, optionsOf(serverSchema), 'Settings:');
  return command.action(async (flags: { readonly config?: string }) => {
    const configFile = flags.config === undefined ? {} : { configFile: flags.config };
    result.exitCode = await serve(loadConfig({ flags: configFlags.given({ ...flags }), ...configFile }));
  });
}
