import { type IConversionOptions, type Type } from 'protobufjs';
import { messageType } from './proto.js';
import { checkWire } from './wire-check.js';

/** Must equal the flags of `scripts/generate.mjs`: they decide what the generated types promise. */
const CONVERSION: IConversionOptions = { longs: String, enums: String, defaults: true, oneofs: true };

/** Encodes and decodes one message type in the shapes of `generated/`. For methods that are not hot. */
export class ProtoCodec<Input extends object, Output extends object> {
  readonly #name: string;
  #type: Type | undefined;

  /** @param name the type's full name; looked up at first use */
  constructor(name: string) {
    this.#name = name;
  }

  encode(message: Input): Buffer {
    const type = this.#resolved();
    return type.encode(type.fromObject(message)).finish() as Buffer;
  }

  /** @throws BrokerError REQUEST_MALFORMED */
  decode(bytes: Buffer): Output {
    const type = this.#resolved();
    checkWire(type, bytes);
    return type.toObject(type.decode(bytes), CONVERSION) as Output;
  }

  #resolved(): Type {
    this.#type ??= messageType(this.#name);
    return this.#type;
  }
}
