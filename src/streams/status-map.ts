import { BrokerError } from '../core/errors.js';

const PLANE_BYTES = 512;

/** Positions of one map. With two levels of maps one record tells of 16 million events. */
export const MAP_POSITIONS = PLANE_BYTES * 8;

/**
 * Two bits for each of 4,096 positions: whether it is settled (nothing there is unprocessed) and whether it holds
 * something for a retry. In a map of events a position is one event, in a map of blocks it is a map of events.
 */
export class StatusMap {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static empty(): StatusMap {
    return new StatusMap(Buffer.alloc(2 * PLANE_BYTES));
  }

  /** @throws BrokerError DATA_LOSS */
  static decode(value: Uint8Array): StatusMap {
    if (value.length !== 2 * PLANE_BYTES) throw new BrokerError('DATA_LOSS', 'a map of event marks is damaged');
    return new StatusMap(Buffer.from(value));
  }

  encode(): Uint8Array {
    return this.#bytes;
  }

  isSettled(position: number): boolean {
    return this.#bit(position);
  }

  isRetry(position: number): boolean {
    return this.#bit(MAP_POSITIONS + position);
  }

  /** True when that changed something. */
  set(position: number, settled: boolean, retry: boolean): boolean {
    const changedSettled = this.#setBit(position, settled);
    return this.#setBit(MAP_POSITIONS + position, retry) || changedSettled;
  }

  get allSettled(): boolean {
    return this.nextSettled(0, false) === MAP_POSITIONS;
  }

  get anyRetry(): boolean {
    return this.nextRetry(0, true) < MAP_POSITIONS;
  }

  /** The first position from `from` on that is settled, or is not; MAP_POSITIONS when there is none. */
  nextSettled(from: number, settled: boolean): number {
    return this.#next(0, from, settled);
  }

  nextRetry(from: number, retry: boolean): number {
    return this.#next(PLANE_BYTES, from, retry);
  }

  #bit(bit: number): boolean {
    return (this.#bytes[bit >> 3]! & (1 << (bit & 7))) !== 0;
  }

  #setBit(bit: number, value: boolean): boolean {
    if (this.#bit(bit) === value) return false;
    this.#bytes[bit >> 3]! ^= 1 << (bit & 7);
    return true;
  }

  #next(plane: number, from: number, value: boolean): number {
    const dull = value ? 0x00 : 0xff;
    for (let position = from; position < MAP_POSITIONS;) {
      if ((position & 7) === 0 && this.#bytes[plane + (position >> 3)] === dull) position += 8;
      else if (this.#bit(plane * 8 + position) === value) return position;
      else position += 1;
    }
    return MAP_POSITIONS;
  }
}
