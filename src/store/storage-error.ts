import { AssayError, exitCodes } from '../model/errors.ts'

const reasons: Readonly<Record<string, { readonly why: string; readonly hint: string }>> = {
  ENOSPC: { why: 'the disk is full', hint: 'Free space on that disk, or choose another folder.' },
  EDQUOT: { why: 'your disk quota is used up', hint: 'Free space of your quota, or choose another folder.' },
  EIO: { why: 'the disk reports an I/O error', hint: 'Check the disk (dmesg), or choose another folder.' },
  EFBIG: { why: 'the file would be too large', hint: 'Raise the file size limit (ulimit -f).' },
  EACCES: { why: 'permission denied', hint: 'Choose a folder that you may write.' },
  EPERM: { why: 'permission denied', hint: 'Choose a folder that you may write.' },
  EROFS: { why: 'the file system is read-only', hint: 'Choose a folder that you may write.' },
  EEXIST: { why: 'something else is in its way', hint: 'Choose another folder.' },
  ENOTDIR: { why: 'part of the path is a file', hint: 'Choose another folder.' },
  ENOENT: { why: 'it does not exist', hint: 'Check the path.' },
}

/**
 * An AssayError `storage` (exit code storage) for a file that could not be written or read.
 * @param doing what was attempted: `write`, `create`
 */
export function storageError(doing: string, path: string, cause: unknown): AssayError {
  const code = codeOf(cause)
  const reason = code === undefined ? undefined : reasons[code]
  const why = reason?.why ?? (cause instanceof Error ? cause.message : String(cause))
  return new AssayError('storage', `Cannot ${doing} ${path}: ${why}.`, {
    hint: reason?.hint ?? 'Check the disk and the permissions of that folder.',
    exitCode: exitCodes.storage,
    cause,
  })
}

/** The system's error code (`ENOENT`) of anything thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
