import type { Access, Verb } from '../auth/access.js';
import { BrokerError } from '../core/errors.js';
import { subjectOfStream, validateStreamName } from '../streams/stream-name.js';

/**
 * Checks what requests may do with the streams that they name. The last name is remembered with its subject, because
 * most requests of a connection are about one stream.
 */
export class StreamAccess {
  #name = '';
  #subject = '';

  /** @throws BrokerError ACTION_DENIED; STREAM_NOT_FOUND for what cannot be the name of a stream */
  require(access: Access, verb: Verb, name: string): void {
    if (name !== this.#name || name === '') this.#remember(name);
    access.require(verb, this.#subject);
  }

  /** @throws BrokerError ACTION_DENIED; STREAM_NAME_INVALID */
  requireNew(access: Access, name: string): void {
    validateStreamName(name);
    access.require('create_stream', subjectOfStream(name));
  }

  #remember(name: string): void {
    try {
      validateStreamName(name);
    } catch (error) {
      throw new BrokerError('STREAM_NOT_FOUND', 'the name is no name of a stream', { cause: error });
    }
    this.#subject = subjectOfStream(name);
    this.#name = name;
  }
}
