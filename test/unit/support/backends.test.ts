import { backendVerdict, requireBackend } from '../../support/backends.js';

describe('backendVerdict', () => {
  test('runs the tests of an available backend', () => {
    expect(backendVerdict('go', undefined, '')).toBe('run');
    expect(backendVerdict('go', undefined, 'go')).toBe('run');
  });

  test('skips those of an unavailable one that nobody requires', () => {
    expect(backendVerdict('go', 'go is not in PATH', '')).toBe('skip');
    expect(backendVerdict('go', 'go is not in PATH', 'python,cargo')).toBe('skip');
  });

  test('fails those of an unavailable one that is required', () => {
    expect(backendVerdict('go', 'go is not in PATH', 'python, go')).toBe('fail');
  });
});

describe('requireBackend', () => {
  test('is plain describe for an available backend', () => {
    expect(requireBackend('memory', undefined)).toBe(describe);
  });

  test('is something else for an unavailable one', () => {
    expect(requireBackend('moon', 'too far away')).not.toBe(describe);
  });
});
