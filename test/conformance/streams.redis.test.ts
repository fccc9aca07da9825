import { redisHarness } from './harness/redis.js';
import { describeStreams } from './streams/index.js';

describeStreams(redisHarness());
