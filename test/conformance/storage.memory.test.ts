import { memoryHarness } from './harness/memory.js';
import { describeStorage } from './storage/index.js';

describeStorage(memoryHarness());
