import { z } from 'zod';
import { option, optionalOption } from './option.js';
import { address, path, text } from './types.js';

/** The settings of the commands that talk to a server. */
export const clientSchema = z.object({
  address: option(address(), {
    defaultText: '127.0.0.1:50043',
    form: 'address',
    meaning: 'Address of the server.',
  }),
  tlsCa: optionalOption(path(), {
    form: 'file',
    meaning: 'Certificate authority of the server (PEM); switches TLS on.',
  }),
  tlsCert: optionalOption(path(), { form: 'file', meaning: 'Own certificate (PEM), for servers that ask for one.' }),
  tlsKey: optionalOption(path(), { form: 'file', meaning: 'Private key of the own certificate (PEM).' }),
  clientId: optionalOption(text(), { form: 'id', meaning: 'Client to authenticate as.' }),
  clientSecret: optionalOption(text(), { form: 'secret', secret: true, meaning: 'Secret of that client.' }),
});

export type ClientSettings = z.output<typeof clientSchema>;
