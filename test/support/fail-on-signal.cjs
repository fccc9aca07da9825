'use strict';

// Preloaded into a server: makes it fail as a bug would, when the test says so.
process.on('SIGUSR2', () => {
  if (process.env.FAIL_BY === 'rejection') void Promise.reject(new Error('nobody awaits this'));
  else throw new Error('nobody catches this');
});
