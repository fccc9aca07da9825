import { embeddedHarness } from './harness/embedded.js';
import { describeStorage } from './storage/index.js';

describeStorage(embeddedHarness());
