/** Whether a file system refused to write since the disk is full, or what this user may have of it. */
export const isNoRoom = (error: unknown): error is { readonly code: string } =>
  typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
