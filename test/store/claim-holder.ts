import { openPostgres } from '../../electron/store/postgres.ts'
import { silentLog } from '../support/silent-log.ts'

/** A process that claims what it is given and keeps it until killed: URL, key, and the lease in milliseconds. */
const [url = '', key = '', leaseMs = ''] = process.argv.slice(2)
const db = await openPostgres({ url, log: silentLog, claimLeaseMs: Number(leaseMs) })
process.stdout.write(`${(await db.claim(key)) === null ? 'refused' : 'granted'}\n`)
setInterval(() => undefined, 60_000)
