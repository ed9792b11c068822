/** Loaded before a thread of the product: what writes and syncs asks the test's disk first. */
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { getEnvironmentData } from 'node:worker_threads'
import { DISK_STATES, type DiskState, SHARED_STATE } from './disk-state.ts'

const shared = getEnvironmentData(SHARED_STATE)
const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const SLOW_MS = 3

const state = (): DiskState =>
  shared instanceof Int32Array ? (DISK_STATES[Atomics.load(shared, 0)] ?? 'well') : 'well'

const codes: Readonly<Partial<Record<DiskState, { readonly code?: string; readonly errno: number }>>> = {
  full: { code: 'ENOSPC', errno: -28 },
  'full unforeseen': { code: 'ENOSPC', errno: -28 },
  'over quota': { errno: -122 },
  'over quota at sync': { errno: -122 },
  broken: { code: 'EIO', errno: -5 },
  stale: { errno: -116 },
  'read-only': { code: 'EROFS', errno: -30 },
}

type Kind = 'write' | 'sync' | 'name' | 'forget'

const refused: Readonly<Partial<Record<DiskState, readonly Kind[]>>> = {
  full: ['write', 'name'],
  'full unforeseen': ['write', 'name'],
  // What is there may be opened, and made smaller or empty.
  'over quota': ['write'],
  'over quota at sync': ['sync'],
  broken: ['write', 'sync'],
  stale: ['write', 'sync', 'name', 'forget'],
  'read-only': ['write', 'name', 'forget'],
}

/** What Node calls an error that it has no name for, as seen with `strace --inject`. */
const nameless = (errno: number, kind: Kind, call: string): string =>
  kind === 'write' && call !== 'ftruncateSync' ? 'UNKNOWN' : `Unknown system error ${errno}`

/** Throws what the system would say to a call of this kind now. */
function ask(kind: Kind, call: string): void {
  const now = state()
  if (now === 'slow' && kind === 'sync') Atomics.wait(pause, 0, 0, SLOW_MS)
  const refuses = refused[now]?.includes(kind) ?? false
  const failure = codes[now]
  if (failure === undefined || !refuses) return
  const { errno, code = nameless(errno, kind, call) } = failure
  throw Object.assign(new Error(`${code}: the test's disk, ${call}`), { code, errno, syscall: call })
}

const writes = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & 3) !== 0 || (flags & fs.constants.O_CREAT) !== 0 : /[wa+]/.test(String(flags))

type Call = (...args: never[]) => unknown

/** Asks the disk before `target[name]`; a promise fails as a promise, a callback as a callback. */
function before(target: object, name: string, kind: Kind, concerns: (args: unknown[]) => boolean) {
  const table = target as Record<string, Call>
  const real = table[name] as Call
  const isAsync = target === promises
  table[name] = (...args: never[]) => {
    if (!concerns(args)) return real(...args)
    try {
      ask(kind, name)
    } catch (error) {
      const last: unknown = args.at(-1)
      if (isAsync) return Promise.reject(error)
      if (typeof last !== 'function') throw error
      setImmediate(last as (error: unknown) => void, error)
      return undefined
    }
    return real(...args)
  }
}

const always = (): boolean => true
/** What is said is no file. */
const isFile = ([file]: unknown[]): boolean => file !== 1 && file !== 2
const isEmpty = ([, text]: unknown[]): boolean => text === ''
for (const name of ['writeSync', 'ftruncateSync']) before(fs, name, 'write', isFile)
before(fs, 'writeFileSync', 'write', (args) => isFile(args) && !isEmpty(args))
// So the database makes a file.
before(fs, 'writeFileSync', 'name', isEmpty)
for (const name of ['fsyncSync', 'fsync']) before(fs, name, 'sync', isFile)
for (const target of [fs, promises]) {
  const sync = target === fs ? 'Sync' : ''
  before(target, `open${sync}`, 'name', ([, flags]) => flags !== undefined && writes(flags))
  before(target, `mkdir${sync}`, 'name', always)
  for (const name of ['rename', 'unlink']) before(target, `${name}${sync}`, 'forget', always)
}
syncBuiltinESMExports()
