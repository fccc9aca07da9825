/** The hand-written batch insert of one store: what somebody would write with its driver and nothing else. */
export interface BatchInsert {
  /** Writes the bodies under the next numbers of one subject and resolves when the store has acknowledged them. */
  insert(bodies: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}
