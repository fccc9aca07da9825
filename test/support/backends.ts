/**
 * Backends and tools that a test needs from its machine: a database, Go, Python, grpcurl. Without one, its tests are
 * skipped with a line that says so; a run that must not skip names them in `REQUIRE_BACKENDS` (comma separated), as
 * `.ci/run` does, and then an unavailable one fails.
 */
export type DescribeBlock = (title: string, body: () => void) => void;

/** What becomes of tests that need `backend`, given the value of `REQUIRE_BACKENDS`. */
export function backendVerdict(
  backend: string,
  unavailableReason: string | undefined,
  requiredBackends: string,
): 'run' | 'skip' | 'fail' {
  if (unavailableReason === undefined) return 'run';
  return namesOf(requiredBackends).includes(backend) ? 'fail' : 'skip';
}

/** Whether `REQUIRE_BACKENDS` names it. */
export function isRequired(backend: string): boolean {
  return namesOf(process.env['REQUIRE_BACKENDS'] ?? '').includes(backend);
}

function namesOf(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim());
}

/**
 * What to describe the tests of `backend` with: `requireBackend('go', goIsMissing())('the Go client', () => { … })`.
 *
 * @param unavailableReason why the tests cannot run here and how to change that; undefined when they can
 */
export function requireBackend(backend: string, unavailableReason: string | undefined): DescribeBlock {
  switch (backendVerdict(backend, unavailableReason, process.env['REQUIRE_BACKENDS'] ?? '')) {
    case 'run':
      return describe;
    case 'fail':
      return (title) => {
        describe(title, () => {
          test(`has ${backend}`, () => {
            throw new Error(`REQUIRE_BACKENDS names ${backend}, which is not available: ${unavailableReason}`);
          });
        });
      };
    case 'skip':
      return skipped(`${backend} is not available: ${unavailableReason}`);
  }
}

/** The same for tests that take a minute or more: they run only where `REQUIRE_BACKENDS` names `long` too. */
export function requireBackendAndTime(backend: string, unavailableReason: string | undefined): DescribeBlock {
  if (isRequired('long')) return requireBackend(backend, unavailableReason);
  return skipped('it takes long and runs only where REQUIRE_BACKENDS names long');
}

function skipped(reason: string): DescribeBlock {
  return (title, body) => {
    process.stderr.write(`SKIPPED ${title}: ${reason}\n`);
    describe.skip(title, body);
  };
}
