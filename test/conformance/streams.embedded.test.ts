import { embeddedHarness } from './harness/embedded.js';
import { describeStreams } from './streams/index.js';

describeStreams(embeddedHarness());
