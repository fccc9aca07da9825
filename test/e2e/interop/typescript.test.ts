import { describeExamples } from '../../support/example-programs.js';

describe('examples in TypeScript', () => {
  describeExamples((example) => [process.execPath, '--import', 'tsx', `examples/typescript/${example}.ts`]);
});
