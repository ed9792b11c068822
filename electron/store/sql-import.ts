import { createReadStream } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import type { Db } from './db.ts'
import { migrate, readMigrations } from './migrate.ts'
import { type BackupTable, copyPattern, endLine, endOfRows, headPattern, readTables } from './sql-tables.ts'

/** Rows sent at once: so many, or so many characters of them. */
const BATCH_ROWS = 500
const BATCH_CHARS = 2_000_000

/** What the first line of a backup says. Throws `bad_input` for any other file, and `store_newer` for one of a newer program. */
export async function readHead(file: string, migrationsDir?: string): Promise<{ readonly schema: number }> {
  for await (const line of linesOf(file)) {
    const [, schema] = headPattern.exec(line) ?? []
    if (schema === undefined) break
    if (Number(schema) <= (await readMigrations(migrationsDir)).length) return { schema: Number(schema) }
    throw new AppError('store_newer', `${file} was made by a newer Mailtide than this one`, {
      remedy: 'Install the newest Mailtide',
    })
  }
  throw notABackup(file)
}

/**
 * Loads a backup that `exportSql` made into an empty embedded database: the migrations up to its schema are our own, not the file's, and its
 * rows go through statements with parameters, so that nothing in the file is run. Throws `bad_input` for a file that is damaged or was cut short;
 * the database is then no use. Gives the number of rows.
 */
export async function importSql(
  db: Db,
  file: string,
  { signal, migrationsDir }: { readonly signal: AbortSignal; readonly migrationsDir?: string | undefined },
): Promise<number> {
  const { schema } = await readHead(file, migrationsDir)
  await migrate(db, { dir: migrationsDir, upTo: schema })
  const known = new Map((await readTables(db)).map((table) => [table.name, table]))
  let table: BackupTable | null = null
  let batch: string[] = []
  let chars = 0
  let rows = 0
  let isWhole = false
  const flush = async (): Promise<void> => {
    if (table !== null && batch.length > 0) await insert(db, table, batch, file)
    rows += batch.length
    batch = []
    chars = 0
  }
  for await (const line of linesOf(file)) {
    signal.throwIfAborted()
    if (table === null) {
      const [, name, columns] = copyPattern.exec(line) ?? []
      if (name !== undefined && columns !== undefined) table = wanted(known, name, columns.split(', '), file)
      if (line.startsWith(endLine)) isWhole = line === `${endLine}: ${rows} rows`
    } else if (line === endOfRows) {
      await flush()
      table = null
    } else {
      batch.push(line)
      chars += line.length
      if (batch.length === BATCH_ROWS || chars > BATCH_CHARS) await flush()
    }
  }
  if (!isWhole) throw new AppError('bad_input', `${file} is not whole: its end is missing`, { remedy: useAnother })
  await migrate(db, { dir: migrationsDir })
  return rows
}

function wanted(
  known: ReadonlyMap<string, BackupTable>,
  name: string,
  columns: readonly string[],
  file: string,
): BackupTable {
  const table = known.get(name)
  const found = columns.map((column) => table?.columns.find((each) => each.name === column))
  if (table === undefined || found.includes(undefined)) throw notABackup(file)
  return { name, columns: found.flatMap((column) => column ?? []) }
}

async function insert(db: Db, { name, columns }: BackupTable, lines: readonly string[], file: string): Promise<void> {
  const rows = lines.map((line) => line.split('\t').map(field))
  if (rows.some((row) => row.length !== columns.length)) {
    throw new AppError('bad_input', `${file} is damaged in the rows of ${name}`, { remedy: useAnother })
  }
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  const values = columns.map((column, at) => `r.c${at}::${column.type}`).join(', ')
  const params = columns.map((_, at) => `$${at + 1}::text[]`).join(', ')
  const aliases = columns.map((_, at) => `c${at}`).join(', ')
  // The migrations made some rows themselves.
  await db.query(
    `insert into mailtide.${name} (${names}) select ${values} from unnest(${params}) as r(${aliases}) on conflict do nothing`,
    columns.map((_, at) => rows.map((row) => row[at] ?? null)),
  )
}

const unescaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }

/** A value as COPY spells it. */
const field = (text: string): string | null =>
  text === '\\N' ? null : text.replaceAll(/\\(.)/g, (_, letter: string) => unescaped[letter] ?? letter)

const useAnother = 'Use another backup, or a snapshot: mailtide restore'

const notABackup = (file: string) =>
  new AppError('bad_input', `${file} is not a backup that Mailtide made`, {
    remedy: 'Give the name of a snapshot, or a file that `mailtide backup FILE` wrote',
  })

/** Lines of a text file in UTF-8, however long it is. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8')
  try {
    // Only line feeds end a line: `readline` would also take other marks, which mail has within lines.
    let rest = ''
    for await (const piece of stream as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new AppError('bad_input', `The file ${file} cannot be read (${code})`, { cause: error })
  } finally {
    stream.destroy()
  }
}
