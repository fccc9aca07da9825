// Original file: proto/waybill/v1/admin_service.proto


// Original file: proto/waybill/v1/admin_service.proto

export const _waybill_v1_Storage_Durability = {
  DURABILITY_UNSPECIFIED: 'DURABILITY_UNSPECIFIED',
  /**
   * Nothing survives the process.
   */
  DURABILITY_NONE: 'DURABILITY_NONE',
  /**
   * Acknowledged messages survive a kill of the broker.
   */
  DURABILITY_PROCESS: 'DURABILITY_PROCESS',
  /**
   * They survive loss of power too.
   */
  DURABILITY_MACHINE: 'DURABILITY_MACHINE',
} as const;

export type _waybill_v1_Storage_Durability =
  | 'DURABILITY_UNSPECIFIED'
  | 0
  /**
   * Nothing survives the process.
   */
  | 'DURABILITY_NONE'
  | 1
  /**
   * Acknowledged messages survive a kill of the broker.
   */
  | 'DURABILITY_PROCESS'
  | 2
  /**
   * They survive loss of power too.
   */
  | 'DURABILITY_MACHINE'
  | 3

export type _waybill_v1_Storage_Durability__Output = typeof _waybill_v1_Storage_Durability[keyof typeof _waybill_v1_Storage_Durability]

export interface Storage {
  /**
   * memory, embedded, postgres, cassandra or redis.
   */
  'name'?: (string);
  'epoch'?: (string);
  'durability'?: (_waybill_v1_Storage_Durability);
  'atomicAcrossSubjects'?: (boolean);
  /**
   * Several replicas of the broker may share it.
   */
  'shared'?: (boolean);
  'totalOrder'?: (boolean);
}

export interface Storage__Output {
  /**
   * memory, embedded, postgres, cassandra or redis.
   */
  'name': (string);
  'epoch': (string);
  'durability': (_waybill_v1_Storage_Durability__Output);
  'atomicAcrossSubjects': (boolean);
  /**
   * Several replicas of the broker may share it.
   */
  'shared': (boolean);
  'totalOrder': (boolean);
}
