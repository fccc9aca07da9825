/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Path of the option, such as `grpc.address`; the name of an environment variable or file when there is no option. */
  readonly path: string;
  readonly message: string;
  /** Where the value came from: a flag, an environment variable or the file. */
  readonly source?: string;
}

/** Everything that is wrong with a configuration, reported together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ path, message, source }) => `  ${path}: ${message}${source === undefined ? '' : ` (${source})`}`,
    );
    super(`the configuration is not valid:\n${lines.join('\n')}`);
  }
}
