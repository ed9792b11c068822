import { prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { acquireLock } from '../../electron/platform/lock.ts'
import { asAppError } from '../../shared/errors.ts'

/** A process that takes the lock of the folder it is given and keeps it until killed. */
try {
  const lock = await acquireLock(await prepareDataFolder(process.argv[2] ?? ''), 'test')
  process.stdout.write(`won ${lock.predecessor}\n`)
  setInterval(() => undefined, 60_000)
} catch (error) {
  const { code, cause } = asAppError(error)
  process.stdout.write(`${code} pid ${(cause as { pid?: number } | undefined)?.pid}\n`)
}
