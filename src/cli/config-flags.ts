import { Option as Flag, type Command } from 'commander';
import type { Option } from '../config/option.js';

/** The flags of a command that are options of the configuration, made from its list of options. */
export class ConfigFlags {
  /** Option paths by the names that commander gives to flags. */
  readonly #paths = new Map<string, string>();

  constructor(command: Command, options: readonly Option[], group: string) {
    for (const option of options) {
      const byDefault = option.defaultText === undefined ? '' : ` (default: ${option.defaultText})`;
      const exposed = option.secret === true ? ` Everybody on this machine sees flags: prefer ${option.variable}.` : '';
      const help = `${option.meaning}${exposed}${byDefault}`;
      const flag = new Flag(`${option.flag} <${option.form}>`, help).helpGroup(group);
      this.#paths.set(flag.attributeName(), option.path);
      command.addOption(flag);
    }
  }

  /** What was given, by option path. */
  given(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const [name, path] of this.#paths) {
      const value = flags[name];
      if (typeof value === 'string') values[path] = value;
    }
    return values;
  }
}
