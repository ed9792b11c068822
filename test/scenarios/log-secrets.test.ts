import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { createLogging, type Logging } from '../../electron/platform/log.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { EMAIL, type Harness, type HarnessOptions, NO_DIFFERENCES, startHarness } from '../support/harness.ts'

/** Stands in everything a mail can say, and may stand in no log. */
const CANARY = 'kanarienvogel'

const raw = (text: string): Uint8Array => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
const head = (n: number): string => `From: "${CANARY} from" <${CANARY}.from@${CANARY}.example>
To: ${CANARY} to <${CANARY}.to@${CANARY}.example>
Cc: <${CANARY}.cc@${CANARY}.example>
Reply-To: ${CANARY}.reply@${CANARY}.example
Subject: ${CANARY} subject ${n}
Message-ID: <${CANARY}.${n}@${CANARY}.example>
References: <${CANARY}.ref@${CANARY}.example>
X-${CANARY}: ${CANARY}
Date: ${CANARY} 2026
`
const parts = `Content-Type: multipart/mixed; boundary="${CANARY}"

--${CANARY}
Content-Type: text/plain; charset="${CANARY}"

${CANARY} text
--${CANARY}
Content-Type: application/${CANARY}; name="${CANARY}.pdf"
Content-Disposition: attachment; filename="${CANARY}.pdf"
Content-Transfer-Encoding: base64

${CANARY}!!not base64!!
`
const mails: readonly Uint8Array[] = [
  raw(`${head(1)}\n${CANARY} plain text`),
  raw(head(2) + parts),
  raw(`${head(3)}Content-Type: text/html\n\n<p>${CANARY}<b><i>`),
  raw(`${head(4)}\n\0${CANARY}\0 \xff\xfe ${CANARY}`),
  raw(head(5).replace('subject', '\0=?utf-8?B?4pi?= =?x-nothing?Q?=ZZ?=')),
  raw(`${head(6)}Content-Type: message/rfc822\n\n${head(7)}Content-Type: multipart/${CANARY}; boundary=\n\n${CANARY}`),
  raw(`${head(8)}\n${`${CANARY}${'x'.repeat(3_000)} `.repeat(600)}`),
  raw(`${CANARY} no header at all`),
  raw(`Subject: ${CANARY} ${'long '.repeat(20_000)}\n\n${CANARY}`),
]

let harness: Harness
afterEach(() => harness.close())

/** The whole service with everything logged, the mails in the mailbox; gives all that its log said, as text and as JSON. */
async function begin(options: HarnessOptions = {}): Promise<() => Promise<string>> {
  const file = join(await tempFolder(), 'background_sync.log')
  const shown: string[] = []
  const logging: Logging = createLogging({
    level: 'debug',
    format: 'json',
    file,
    console: (line) => shown.push(line),
    maxBytes: 1e9,
    files: 2,
    clock: systemClock,
  })
  onTestFinished(logging.close)
  harness = await startHarness({ messages: 0, log: logging.log, ...options })
  for (const mail of mails) harness.mailbox.add({ raw: mail })
  return async () => {
    logging.close()
    const entries = JSON.stringify(logging.tail(5_000, 'debug'))
    return `${shown.join('\n')}\n${await readFile(file, 'utf8')}\n${entries}`
  }
}

const refusals = [
  ['names the whole row in its reason', `check (subject not like '%${CANARY}%')`],
  ['quotes the text in its message', `check (subject = '' or subject::int > 0)`],
] as const

describe('no log says what a mail says, nor a secret,', () => {
  it('whatever the mails are like and however Gmail and Google fail', async () => {
    const logged = await begin({
      skipsWaits: true,
      dials: { serverError: 0.1, garbage: 0.1, cut: 0.1, unauthorized: 0.1, spuriousQuota: 0.1, tokenFaults: true },
    })
    await harness.sync()
    for (const mail of mails) harness.mailbox.add({ raw: Buffer.concat([Buffer.from('X-Again: yes\r\n'), mail]) })
    harness.mailbox.expireHistory()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    const { refresh_token, client_secret } = harness.simulator.authorizedUser(EMAIL)
    harness.mailbox.revoke()
    await harness.built().service.syncNow()
    await harness.until(({ accounts }) => accounts[0]?.state === 'needs_reauth')
    const text = await logged()
    expect(text).toContain(`Syncing user: ${EMAIL}`)
    expect(text).toContain('"level":"debug"')
    for (const secret of [CANARY, refresh_token, client_secret, 'ya29.']) expect(text).not.toContain(secret)
  })

  it.each(refusals)('when Postgres refuses a mail and %s', async (_how, constraint) => {
    const logged = await begin()
    await harness.built().store.db.query(`alter table mailtide.message add constraint refused ${constraint}`)
    await harness.built().service.start()
    await harness.until(
      ({ accounts: [account], error_count }) => error_count > 0 || (account?.messages_stored ?? 0) >= mails.length,
    )
    const text = await logged()
    expect(text).toContain(`Syncing user: ${EMAIL}`)
    expect(text).toMatch(/"level":"(warning|error)"/)
    expect(text).not.toContain(CANARY)
  })
})
