import { AppError, type RemedyAction } from '../../shared/errors.ts'
import { isNoRoom } from '../../shared/no-room.ts'
import { StatementError } from './db.ts'

/** What a driver learnt of a refused statement. Never holds the statement, its parameters or the server's detail: they are mail. */
export interface ServerError {
  readonly message: string
  /** SQLSTATE, or Node's error code for a broken connection. */
  readonly code: string | undefined
  readonly severity?: string | undefined
  readonly constraint?: string | undefined
}

/** The `cause` of a store error: Postgres's own words without values. */
export class PostgresFault extends Error {
  readonly code: string | undefined
  constructor(error: ServerError) {
    super(withoutValues(error))
    this.name = 'PostgresFault'
    this.code = error.code
  }
}

/** The embedded instance cannot be trusted after this: terminate it, send nothing more, not even a close. */
export function isFatal(error: ServerError): boolean {
  return error.severity === 'PANIC' || error.severity === 'FATAL' || error.code === '53100'
}

/** The statement's data was refused, and the connection is fine: one row can be to blame. */
export function isAboutData(code: string | undefined): boolean {
  return code !== undefined && /^(22|23|54)...$/.test(code)
}

/** A refused statement as the error that `Sql.query` promises. */
export function toStoreError(error: ServerError): AppError | StatementError {
  if (isAboutData(error.code)) return new StatementError(withoutValues(error), error.code ?? '')
  const cause = new PostgresFault(error)
  if (error.code === '53100') return databaseDiskFull(cause)
  // Not Postgres's own: files of the database are copied in its thread.
  if (isNoRoom(error)) {
    return new AppError('disk', `${NO_ROOM}: the database cannot be copied`, {
      remedy: 'Free some space, then try again',
      cause,
    })
  }
  return new AppError('store', `The database refused a request: ${cause.message}`, {
    remedy: 'Try again; if it happens every time, see the log and report it',
    cause,
  })
}

/** The system does not always say which of the two it is. */
const NO_ROOM = 'The disk is full, or your quota on it is used up'

/** Found out by writing; `what` cannot go on because of it. */
export function diskFull(what: string, cause?: unknown): AppError {
  return new AppError('disk', `${NO_ROOM}: ${what}`, {
    remedy: 'Free some space; syncing then resumes automatically',
    cause,
  })
}

export const databaseDiskFull = (cause?: unknown): AppError => diskFull('the database cannot be written', cause)

/** The embedded database is damaged: no waiting and no trying again helps, a snapshot or the originals do. */
export class DamagedStore extends AppError {
  /** What is wrong, to follow "The database ". */
  readonly damage: string
  constructor(damage: string, cause?: unknown) {
    super('store', `The database ${damage}`, {
      remedy:
        'Restore a snapshot with `mailtide restore`, or run `mailtide rebuild` to make it anew from the originals',
      cause,
    })
    this.name = 'DamagedStore'
    this.damage = damage
  }
}

/** Whether the server said that what it read from the disk is not what it wrote: a page, an index, or a file that is gone. */
export function saysDamaged(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof PostgresFault && /^(XX00[12]|58P01)$/.test(cause.code ?? '')
}

/** An original that is not what was stored. Any other failure to read one says nothing about it: the disk, the drive or our rights do. */
export class DamagedOriginal extends AppError {
  constructor(message: string, cause?: unknown) {
    super('store', message, { remedy: 'Restore it from a backup, or let Mailtide download it again', cause })
    this.name = 'DamagedOriginal'
  }
}

/** A remedy, with what it comes to where a program can offer that. */
export type Remedy = string | { readonly remedy: string; readonly action: RemedyAction }

/** It may pass by itself, as what asked is done again. */
export const keepsTrying = (remedy: string): Remedy => ({ remedy, action: { kind: 'keeps_trying' } })

export function storeError(message: string, remedy: Remedy, cause?: unknown): AppError {
  return new AppError('store', message, { ...(typeof remedy === 'string' ? { remedy } : remedy), cause })
}

// Class 22 quotes the offending value (`invalid input syntax for type integer: "..."`); the others name schema objects.
function withoutValues({ message, code }: ServerError): string {
  return code?.startsWith('22') ? message.replace(/"[\s\S]*"/, '"…"') : message
}
