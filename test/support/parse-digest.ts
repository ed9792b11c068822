import { createHash } from 'node:crypto'
import { parseMessage } from '../../electron/mail/parse.ts'
import { corpusMails } from './corpus.ts'

/** Dates that a program which asks the machine for its zone would read differently in another zone. */
const DATES: readonly string[] = [
  ...[
    'Mon, 1 Jan 2024 10:00:00',
    'Mon, 1 Jan 2024 10:00:00 +0530',
    '31 Mar 2024 02:30:00',
    'Sun, 10 Mar 2024 02:30 am',
  ],
  ...['Mon Jan  1 10:00:00 2024', '2024-01-01T10:00:00', '2024-01-01', '1 Jan 24 10:00 EST', 'Jan 1, 2024 10:00 PM'],
]

// Prints a digest of everything that the parser makes of these dates and of the corpus. Run once per time zone.
const hash = createHash('sha256')
for (const date of DATES) hash.update(JSON.stringify(parseMessage(Buffer.from(`Date: ${date}\r\n\r\n`))))
for (const { bytes } of corpusMails() ?? []) hash.update(JSON.stringify(parseMessage(bytes)))
process.stdout.write(`${hash.digest('hex')} ${new Date(0).getHours()}`)
