'use strict';

/** One project per kind of test; `npm run test:<kind>` runs one, `npm test` all. */
function project(displayName, options = {}) {
  return {
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
    ...options,
  };
}

const SECONDS = 1000;

module.exports = {
  // Two: tests of a server run it and its clients, and CI machines have two cores.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/support/counts-reporter.cjs'],
  projects: [
    project('unit', { testTimeout: 10 * SECONDS }),
    project('conformance', { testTimeout: 30 * SECONDS }),
    project('integration', { testTimeout: 60 * SECONDS }),
    project('e2e', { testTimeout: 120 * SECONDS }),
  ],
};
