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

const codes: Readonly<Partial<Record<DiskState, { readonly code: string; readonly errno: number }>>> = {
  full: { code: 'ENOSPC', errno: -28 },
  'full unforeseen': { code: 'ENOSPC', errno: -28 },
  'over quota': { code: 'EDQUOT', errno: -122 },
  'full at sync': { code: 'ENOSPC', errno: -28 },
  broken: { code: 'EIO', errno: -5 },
  'read-only': { code: 'EROFS', errno: -30 },
}

/** Throws what the system would say to a call of this kind now. */
function ask(kind: 'write' | 'sync' | 'name' | 'forget', call: string): void {
  const now = state()
  if (now === 'slow' && kind === 'sync') Atomics.wait(pause, 0, 0, SLOW_MS)
  const refuses =
    now === 'broken'
      ? kind === 'write' || kind === 'sync'
      : now === 'read-only'
        ? kind !== 'sync'
        : now === 'full at sync'
          ? kind === 'sync'
          : kind === 'write' || kind === 'name'
  const failure = codes[now]
  if (failure === undefined || !refuses) return
  throw Object.assign(new Error(`${failure.code}: the test's disk, ${call}`), { ...failure, syscall: call })
}

const writes = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & 3) !== 0 || (flags & fs.constants.O_CREAT) !== 0 : /[wa+]/.test(String(flags))

type Call = (...args: never[]) => unknown

/** Asks the disk before `target[name]`; a promise fails as a promise, a callback as a callback. */
function before(target: object, name: string, kind: Parameters<typeof ask>[0], concerns: (args: unknown[]) => boolean) {
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
for (const name of ['writeSync', 'writeFileSync', 'ftruncateSync']) before(fs, name, 'write', isFile)
for (const name of ['fsyncSync', 'fsync']) before(fs, name, 'sync', isFile)
for (const target of [fs, promises]) {
  const sync = target === fs ? 'Sync' : ''
  before(target, `open${sync}`, 'name', ([, flags]) => flags !== undefined && writes(flags))
  before(target, `mkdir${sync}`, 'name', always)
  for (const name of ['rename', 'unlink']) before(target, `${name}${sync}`, 'forget', always)
}
syncBuiltinESMExports()
