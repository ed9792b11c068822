/** `node full-disk-round.ts DISK SEED FILLS MAILS`: one installation on a disk of its own; one line of JSON tells how it went. */
import { emptyTemplate, migratedTemplate } from '../support/database.ts'
import { liveOnFullDisk } from '../support/full-disk/life.ts'

const [disk = '', seed, fills, mails] = process.argv.slice(2)
await emptyTemplate()
await migratedTemplate()
const result = await liveOnFullDisk({ disk, seed: Number(seed), fills: Number(fills), mails: Number(mails) })
process.stdout.write(`${JSON.stringify(result)}\n`)
