import { types } from 'cassandra-driver';

/** A row as the client library hands it over. */
export type Row = types.Row;

/** The value of a column of numbers; undefined when the row has none. */
export function numberAt(row: Row, column: string): number | undefined {
  const value: unknown = row.get(column);
  if (typeof value === 'number') return value;
  return value instanceof types.Long ? value.toNumber() : undefined;
}

export function textAt(row: Row, column: string): string {
  const value: unknown = row.get(column);
  return typeof value === 'string' ? value : '';
}

export function bytesAt(row: Row, column: string): Buffer | undefined {
  const value: unknown = row.get(column);
  return Buffer.isBuffer(value) ? value : undefined;
}

export function uuidAt(row: Row, column: string): types.Uuid | undefined {
  const value: unknown = row.get(column);
  return value instanceof types.Uuid ? value : undefined;
}

/** The value of a `map<text, bigint>`; an empty one when the row has none. */
export function numbersByName(row: Row, column: string): ReadonlyMap<string, number> {
  const value: unknown = row.get(column);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(entries.map(([name, number]) => [name, number instanceof types.Long ? number.toNumber() : 0]));
}

/** The value of a `list<uuid>`; an empty one when the row has none. */
export function uuidsAt(row: Row, column: string): readonly types.Uuid[] {
  const value: unknown = row.get(column);
  return Array.isArray(value) ? value.filter((each) => each instanceof types.Uuid) : [];
}
