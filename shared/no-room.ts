/** EDQUOT of Linux and of macOS. Node has no name for it: `code` is `UNKNOWN`, or holds the number (https://github.com/libuv/libuv/blob/v1.x/include/uv/errno.h). */
const OVER_QUOTA: readonly number[] = [122, 69]

/** Whether a file system refused to write because the disk is full or this user's quota is used up. */
export function isNoRoom(error: unknown): error is { readonly code: string } {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string') return false
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return true
  return 'errno' in error && typeof error.errno === 'number' && OVER_QUOTA.includes(Math.abs(error.errno))
}
