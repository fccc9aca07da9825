'use strict';

/** Of tests that may ask for a database; the unit tests of one file do without. */
const SERVICES = {
  globalSetup: '<rootDir>/test/support/services/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/services/global-teardown.cjs',
};

/** One project per kind of test; `npm run test:<kind>` runs one, `npm test` all. */
function project(displayName) {
  return {
    ...(displayName === 'unit' ? {} : SERVICES),
    displayName,
    rootDir: __dirname,
    testEnvironment: 'node',
    testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          sourceMaps: 'inline',
          module: { type: 'commonjs' },
          jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        },
      ],
    },
    modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/data/'],
    // TypeScript sources import each other as `./x.js`; without the ending both those and the files of packages are found.
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  };
}

module.exports = {
  // Two: tests of a server run it and its clients, and CI machines have two cores.
  maxWorkers: 2,
  // For all projects: Jest takes no timeout of a single one. Longer campaigns are commands of their own.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/counts-reporter.cjs'],
  projects: ['unit', 'conformance', 'integration', 'e2e'].map(project),
};
