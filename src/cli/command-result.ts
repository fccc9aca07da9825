/** What the chosen command leaves for the process. */
export interface CommandResult {
  exitCode: number;
}
