/**
 * The thread that owns the embedded database. It answers one request at a time, in order, and knows nothing of
 * urgency, time or recovery: the main thread ends it when it stops answering.
 */
import { constants, cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { PGliteOptions, Results } from '@electric-sql/pglite'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { isNoRoom } from '../../../shared/no-room.ts'
import type { ServerError } from '../faults.ts'
import type { WireValue } from '../wire-types.ts'
import type { WasmModule } from './assets.ts'
import { loadAssets } from './assets.ts'
import { readControl } from './control-file.ts'
import { DurableNodeFs } from './durable-fs.ts'
import type { QueryAnswer } from './extended-query.ts'
import { encodeQuery, readAnswer } from './extended-query.ts'
import { findDamagedPage } from './pages.ts'
import type { WorkerAnswer, WorkerMessage, WorkerRequest, WorkerSettings } from './protocol.ts'
import { createStatements } from './statements.ts'

// Each thread has its own part in Node's reports of crashes, and would show the passphrase and the database's password.
if (process.report) process.report.excludeEnv = true

const port = parentPort
if (port === null) throw new Error('This module runs as a worker thread')
const settings = workerData as WorkerSettings
const stderr: string[] = []
const send = (message: WorkerMessage) => port.postMessage(message)
const scriptEnd = 'mailtide_script_end'

function startParams(): string[] {
  const { fsync, sharedBuffersMb } = settings
  const config = {
    shared_buffers: `${sharedBuffersMb}MB`,
    max_wal_size: '128MB',
    min_wal_size: '32MB',
    // A sample of the widest table is held in memory, which WebAssembly never gives back: 15 MB instead of 60
    default_statistics_target: '30',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // As for statements that are parsed each time: a plan made while a table was empty must not outlive that.
    plan_cache_mode: 'force_custom_plan',
    timezone: 'UTC',
    datestyle: 'ISO',
    // `fdatasync`, the default, is a stub in PGlite and would never reach our fsync
    ...(fsync ? { wal_sync_method: 'fsync' } : {}),
  }
  const kept = PGlite.defaultStartParams.filter((param) => !fsync || param !== '-F')
  return [...kept, ...Object.entries(config).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/**
 * Postgres refuses a folder whose lock file a power cut left empty (`CreateLockFile` in its miscinit.c), and PGlite writes the same number into
 * it always. Who may open the folder is settled by our own lock.
 */
function removeLockFile(): void {
  rmSync(join(settings.dataDir, 'postmaster.pid'), { force: true })
}

async function open(): Promise<{ pg: PGlite; fs: NodeFS; module: WasmModule }> {
  const { dataDir, fsync, assetsDir, module } = settings
  const assets = await loadAssets(assetsDir, module)
  removeLockFile()
  const fs = fsync ? new DurableNodeFs(dataDir) : new NodeFS(dataDir)
  const options: PGliteOptions = {
    fs,
    startParams: startParams(),
    onStderr: (line) => {
      stderr.push(line)
      if (stderr.length > 50) stderr.shift()
      return false
    },
    ...assets,
  }
  return { pg: await PGlite.create(options), fs, module: assets.pgliteWasmModule }
}

/** Writes one commit and sees whether it came by our fsync. */
async function isDurable(pg: PGlite, fs: NodeFS): Promise<boolean> {
  if (!(fs instanceof DurableNodeFs)) return false
  const before = fs.syncs
  await pg.query(`select pg_logical_emit_message(true, 'mailtide', 'fsync probe')`)
  return fs.syncs > before
}

function walBytes(): number {
  const folder = join(settings.dataDir, 'pg_wal')
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

const statements = createStatements()

/** After these every statement that was parsed is as good as before; after any other the tables may be others. */
const keepsTables: ReadonlySet<string> = new Set(
  'SELECT INSERT UPDATE DELETE MERGE BEGIN START COMMIT SAVEPOINT RELEASE SET SHOW EXPLAIN COPY TRUNCATE ANALYZE VACUUM CHECKPOINT EMPTY'.split(
    ' ',
  ),
)

/** The server knows the statement with other columns, not at all, or another one by its name. */
const isStale = ({ code, message }: ServerError): boolean =>
  code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/i.test(message))

async function query(pg: PGlite, text: string, params: readonly WireValue[]) {
  const answer = await ask(pg, text, params)
  // In a transaction that statement has failed it; whoever begins it again finds the statement parsed anew.
  if (answer.error !== null && isStale(answer.error)) {
    statements.forget(text)
    if (!answer.inTransaction) return resultOf(await ask(pg, text, params))
  }
  return resultOf(answer)
}

function resultOf({ rows, affected, command, error }: QueryAnswer) {
  if (error !== null) throw error
  if (command !== null && !keepsTables.has(command)) statements.forgetAll()
  return { rows, affected, command }
}

async function ask(pg: PGlite, text: string, params: readonly WireValue[]): Promise<QueryAnswer> {
  const { name, parse } = statements.get(text)
  const pieces: Buffer[] = []
  await pg.execProtocolRawStream(encodeQuery({ text, params, name, parse, closing: statements.closing() }), {
    // What is given is a view of the server's own memory.
    onRawData: (piece) => void pieces.push(Buffer.from(piece)),
    syncToFs: false,
  })
  const answer = readAnswer(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces))
  if (answer.parsed) statements.keep(text, name)
  return answer
}

async function run(pg: PGlite, request: WorkerRequest): Promise<Omit<WorkerAnswer, 'kind' | 'id' | 'heapBytes'>> {
  switch (request.kind) {
    case 'query': {
      return await query(pg, request.text, request.params)
    }
    case 'script': {
      statements.forgetAll()
      // A trap swallowed half way looks like success: only an answer to the last statement shows that all of them ran
      const results = await pg.exec(`${request.sql}\n;select true as ${scriptEnd}`)
      const last = results.at(-1)
      return { rows: [], affected: 0, command: last?.fields[0]?.name === scriptEnd ? commandOf(last) : null }
    }
    case 'copy': {
      await pg.exec('checkpoint')
      mkdirSync(request.target, { recursive: true, mode: 0o700 })
      // A true copy, shared by the file system where it can: files of the data folder change in place, so hard links would change with them
      cpSync(settings.dataDir, request.target, { recursive: true, mode: constants.COPYFILE_FICLONE })
      return { rows: [], affected: 0, command: 'COPY' }
    }
    case 'close':
      await pg.close()
      return { rows: [], affected: 0, command: 'CLOSE' }
  }
}

function commandOf(result: Results<unknown>): string | null {
  const { command } = result as { command?: string }
  return command ?? null
}

function toServerError(error: unknown): ServerError {
  const { message, code, severity, constraint } = error as Partial<ServerError> & { message: string }
  // Node's own errors, met while files are copied: only here are they known by their numbers.
  return { message: String(message), code: isNoRoom(error) ? 'ENOSPC' : code, severity, constraint }
}

/** A folder that was not shut down cleanly may hold half-written pages, which its log mends: they tell nothing. */
function damagedPage(): string | null {
  const { dataDir, checkBytes, isCopy } = settings
  try {
    if (checkBytes === 0 || (!isCopy && readControl(dataDir) !== 'clean')) return null
    return findDamagedPage(dataDir, checkBytes, Math.floor(Date.now() / 60_000))
  } catch {
    // What cannot be read is told by the opening, with its reason.
    return null
  }
}

const damaged = damagedPage()
try {
  if (damaged !== null) throw new Error('A page is not what was written')
  const { pg, fs, module } = await open()
  const heapBytes = () => pg.Module?.wasmMemory.buffer.byteLength ?? 0
  const durable = await isDurable(pg, fs)
  let tail: Promise<void> = Promise.resolve()
  const answer = async (request: WorkerRequest) => {
    const { id } = request
    try {
      const result = await run(pg, request)
      send({ kind: 'answer', id, ...result, heapBytes: request.kind === 'close' ? 0 : heapBytes() })
      if (request.kind === 'close') port.close()
    } catch (error) {
      send({ kind: 'refusal', id, error: toServerError(error), heapBytes: heapBytes() })
    }
  }
  port.on('message', (request: WorkerRequest) => {
    tail = tail.then(() => answer(request))
  })
  send({ kind: 'ready', durable, heapBytes: heapBytes(), walBytes: walBytes(), module })
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  send({ kind: 'failed', message, damagedPage: damaged, stderr })
}
