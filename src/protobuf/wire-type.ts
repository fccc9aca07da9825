/** Wire types of the protobuf encoding (https://protobuf.dev/programming-guides/encoding/#structure). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/** What stands before each field: its number and wire type. */
export function fieldTag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}
