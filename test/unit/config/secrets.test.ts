import { z } from 'zod';
import { ConfigError } from '../../../src/config/config-error.js';
import { describeConfig } from '../../../src/config/describe.js';
import { optionalOption } from '../../../src/config/option.js';
import { resolve } from '../../../src/config/resolve.js';
import { path, url } from '../../../src/config/types.js';

const schema = z.object({
  store: z.object({
    password: optionalOption(
      path().refine((text) => text.length > 3, { error: 'is too short' }),
      { meaning: 'A password.', form: 'text', secret: true },
    ),
    url: optionalOption(url(['http', 'https']), { meaning: 'A URL.', form: 'url' }),
  }),
});

const readFile = (name: string): string => {
  if (name === '/run/password') return 'hunter22\n';
  throw Object.assign(new Error('missing'), { code: 'ENOENT' });
};

function problemsOf(environment: Readonly<Record<string, string>>): string {
  try {
    resolve(schema, { environment, readFile });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('a secret', () => {
  test('comes from the variable or from the file that WAYBILL_…_FILE names', () => {
    const fromFile = resolve(schema, { environment: { WAYBILL_STORE_PASSWORD_FILE: '/run/password' }, readFile });
    expect(fromFile.settings.store.password).toBe('hunter22');
    const direct = resolve(schema, { environment: { WAYBILL_STORE_PASSWORD: 'hunter22' }, readFile });
    expect(direct.settings.store.password).toBe('hunter22');
  });

  test('is refused when both are given or the file cannot be read', () => {
    expect(problemsOf({ WAYBILL_STORE_PASSWORD: 'hunter22', WAYBILL_STORE_PASSWORD_FILE: '/run/password' })).toContain(
      'store.password: is given by WAYBILL_STORE_PASSWORD and WAYBILL_STORE_PASSWORD_FILE',
    );
    expect(problemsOf({ WAYBILL_STORE_PASSWORD_FILE: '/run/none' })).toContain(
      'store.password: cannot read /run/none: ENOENT',
    );
  });

  test('is hidden in the effective configuration, also as a password in a URL', () => {
    const environment = {
      WAYBILL_STORE_PASSWORD: 'hunter22',
      WAYBILL_STORE_URL: 'https://me:hunter22@collector:4317/v1',
    };
    const described = describeConfig(schema, resolve(schema, { environment, readFile }));
    expect(described).toEqual([
      { path: 'store.password', value: '(hidden)', source: 'WAYBILL_STORE_PASSWORD' },
      { path: 'store.url', value: 'https://me:(hidden)@collector:4317/v1', source: 'WAYBILL_STORE_URL' },
    ]);
  });

  test('is not repeated when it is refused', () => {
    const message = problemsOf({ WAYBILL_STORE_PASSWORD: 'abc' });
    expect(message).toContain('store.password: is not valid (WAYBILL_STORE_PASSWORD)');
    expect(message).not.toContain('abc');
  });
});
