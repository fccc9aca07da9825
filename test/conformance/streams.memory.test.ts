import { memoryHarness } from './harness/memory.js';
import { describeStreams } from './streams/index.js';

describeStreams(memoryHarness());
