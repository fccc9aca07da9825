import { redisHarness } from './harness/redis.js';
import { describeStorage } from './storage/index.js';

describeStorage(redisHarness());
