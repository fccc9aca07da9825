/** Which storage to open, and how. */
export type StorageConfig =
  | { readonly kind: 'memory'; readonly maxSubjectBytes: number; readonly maxTotalBytes: number }
  | { readonly kind: 'embedded'; readonly path: string };
