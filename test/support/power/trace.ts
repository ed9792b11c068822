/** Reads what `strace -f -y -xx` recorded of a process (https://man7.org/linux/man-pages/man1/strace.1.html): what it did to files, in order. */

/** One change to the file system, or one promise of it. Paths are absolute; a file that has no name any more is not told of. */
export type TraceEvent =
  | {
      readonly kind: 'open'
      readonly fd: number
      readonly path: string
      readonly creates: boolean
      readonly truncates: boolean
      readonly appends: boolean
    }
  | {
      readonly kind: 'write'
      readonly fd: number
      readonly path: string
      readonly data: Buffer
      /** Null: where the descriptor stands. */
      readonly offset: number | null
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** The file is at least so long from now on. */
  | { readonly kind: 'extend'; readonly path: string; readonly size: number }
  | { readonly kind: 'mkdir' | 'unlink' | 'rmdir'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  /** `call` tells the calls of different threads apart: what was done before `sync-begin` is on the disk at `sync-end`. */
  | { readonly kind: 'sync-begin' | 'sync-end'; readonly call: string; readonly path: string }

/** The calls that `readTrace` understands. Others that change files must not be made while a trace is recorded. */
export const tracedCalls =
  'openat,write,pwrite64,writev,pwritev,ftruncate,fallocate,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync'

/** The events of a trace's lines. Throws on a call that changed a file in a way it does not know. */
export function* readTrace(lines: Iterable<string>): Generator<TraceEvent> {
  const begun = new Map<string, string>()
  for (const line of lines) {
    const [, thread, rest] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (thread === undefined || rest === undefined || rest.startsWith('+++') || rest.startsWith('---')) continue
    if (rest.endsWith(unfinished)) {
      const call = rest.slice(0, -unfinished.length)
      begun.set(thread, call)
      if (isSync(call)) yield* sync('sync-begin', thread, call)
      continue
    }
    const [, tail] = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest) ?? []
    const call = tail === undefined ? rest : `${begun.get(thread) ?? ''}${tail}`
    begun.delete(thread)
    if (/ = -1 /.test(call.slice(-200))) continue
    if (isSync(call)) {
      if (tail === undefined) yield* sync('sync-begin', thread, call)
      yield* sync('sync-end', thread, call)
    } else yield* changes(call)
  }
}

const unfinished = ' <unfinished ...>'
const isSync = (call: string): boolean => /^f(data)?sync\(/.test(call)

function* sync(kind: 'sync-begin' | 'sync-end', call: string, text: string): Generator<TraceEvent> {
  const path = descriptor(text)?.path
  if (path !== undefined) yield { kind, call, path }
}

function* changes(call: string): Generator<TraceEvent> {
  const name = call.slice(0, call.indexOf('('))
  const strings = () => [...call.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unhex(hex ?? '').toString())
  const [first = '', second = ''] = name.startsWith('write') || name.startsWith('pwrite') ? [] : strings()
  switch (name) {
    case 'openat': {
      const flags = /", ([A-Z_|]+)/.exec(call)?.[1]?.split('|') ?? []
      const fd = Number(/ = (\d+)/.exec(call.slice(call.lastIndexOf(')')))?.[1])
      const has = (flag: string) => flags.includes(flag)
      const [creates, truncates, appends] = [has('O_CREAT'), has('O_TRUNC'), has('O_APPEND')]
      yield { kind: 'open', fd, path: first, creates, truncates, appends }
      return
    }
    case 'write':
    case 'pwrite64':
    case 'writev':
    case 'pwritev': {
      const at = descriptor(call)
      if (at === null) return
      const end = /, \d+(?:, (\d+))?\) += (\d+)$/.exec(call)
      const pieces = [...call.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unhex(hex ?? ''))
      const data = Buffer.concat(pieces).subarray(0, Number(end?.[2]))
      yield { kind: 'write', ...at, data, offset: end?.[1] === undefined ? null : Number(end[1]) }
      return
    }
    case 'ftruncate': {
      const at = descriptor(call)
      if (at !== null) yield { kind: 'truncate', path: at.path, size: Number(/, (\d+)\)/.exec(call)?.[1]) }
      return
    }
    case 'fallocate': {
      const at = descriptor(call)
      const [, offset, length] = />, 0, (\d+), (\d+)\)/.exec(call) ?? []
      if (at !== null) yield { kind: 'extend', path: at.path, size: Number(offset) + Number(length) }
      return
    }
    case 'rename':
    case 'renameat':
    case 'renameat2':
      yield { kind: 'rename', from: first, to: second }
      return
    case 'link':
    case 'linkat':
      yield { kind: 'link', from: first, to: second }
      return
    case 'mkdir':
    case 'mkdirat':
      yield { kind: 'mkdir', path: first }
      return
    case 'unlink':
    case 'rmdir':
      yield { kind: name, path: first }
      return
    case 'unlinkat':
      yield { kind: call.includes('AT_REMOVEDIR') ? 'rmdir' : 'unlink', path: first }
      return
    default:
      throw new Error(`The trace has a call that is not understood: ${call.slice(0, 100)}`)
  }
}

/** The first argument, `7<\x2f…>`. Null when it has no name in the file system. */
function descriptor(call: string): { readonly fd: number; readonly path: string } | null {
  const [, fd, hex] = /^\w+\((\d+)<((?:\\x[0-9a-f]{2})*)>(?!\(deleted\))/.exec(call) ?? []
  if (fd === undefined || hex === undefined) return null
  const path = unhex(hex).toString()
  return path.startsWith('/') ? { fd: Number(fd), path } : null
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex')
