/** Something that runs until it is stopped. `stop` is idempotent and resolves when nothing is left running. */
export interface Running {
  stop(): Promise<void>;
}

/** Stops in reverse order of starting; goes on after a failure and reports all of them together. */
export async function stopAll(running: readonly Running[]): Promise<void> {
  const errors: unknown[] = [];
  for (const part of running.toReversed()) {
    try {
      await part.stop();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'some parts did not stop cleanly');
}
