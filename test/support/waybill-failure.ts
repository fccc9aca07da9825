import { WaybillError } from '../../src/client/index.js';

/** The WaybillError of a call that must fail with one. */
export async function failureOf(failing: Promise<unknown>): Promise<WaybillError> {
  const error = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WaybillError) return error;
  throw new Error('there was no WaybillError', { cause: error });
}
