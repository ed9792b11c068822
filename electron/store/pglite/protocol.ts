/** What the main thread and the database worker say to each other. */
import type { Row } from '../db.ts'
import type { ServerError } from '../faults.ts'
import type { WireValue } from '../wire-types.ts'
import type { WasmModule } from './assets.ts'

export interface WorkerSettings {
  readonly dataDir: string
  /** False only for tests: commits do not reach the disk. */
  readonly fsync: boolean
  /** Folder of `pglite.wasm`, `pglite.data`, `initdb.wasm` and extension archives; null = as installed by npm. */
  readonly assetsDir: string | null
  /** `shared_buffers`, in megabytes. */
  readonly sharedBuffersMb: number
  /** So many bytes of pages are compared with their checksums before the database is opened, when nothing in it is half written; 0 = none. */
  readonly checkBytes: number
  /** The folder was copied after a checkpoint: every page in it is whole. Otherwise that is so only after a clean shutdown. */
  readonly isCopy: boolean
  /** The server's module, when another worker of this process has compiled it. */
  readonly module: WasmModule | null
}

export type WorkerRequest =
  | { readonly kind: 'query'; readonly id: number; readonly text: string; readonly params: readonly WireValue[] }
  | { readonly kind: 'script'; readonly id: number; readonly sql: string }
  | { readonly kind: 'copy'; readonly id: number; readonly target: string }
  | { readonly kind: 'close'; readonly id: number }

export interface WorkerReady {
  readonly kind: 'ready'
  /** One commit was seen to reach the disk through fsync. */
  readonly durable: boolean
  readonly heapBytes: number
  /** Bytes of write-ahead log found at open. */
  readonly walBytes: number
  readonly module: WasmModule
}

export interface WorkerFailed {
  readonly kind: 'failed'
  readonly message: string
  /** The page that is not what was written, when that is why it was not opened. */
  readonly damagedPage: string | null
  /** The last lines the server wrote to its error output: the only place that names the real reason. */
  readonly stderr: readonly string[]
}

export interface WorkerAnswer {
  readonly kind: 'answer'
  readonly id: number
  readonly rows: Row[]
  readonly affected: number
  /** The command tag's first word. Null is the mark of a swallowed trap: the instance is dead. */
  readonly command: string | null
  readonly heapBytes: number
}

export interface WorkerRefusal {
  readonly kind: 'refusal'
  readonly id: number
  readonly error: ServerError
  readonly heapBytes: number
}

export type WorkerMessage = WorkerReady | WorkerFailed | WorkerAnswer | WorkerRefusal
