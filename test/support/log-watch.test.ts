import { afterEach, describe, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import { startLog } from '../platform/start-log.ts'
import { forgetLogs, leaks, plantPrivate, plantSecret, watchLogFile, watchOutput } from './log-watch.ts'
import { plantMailbox } from './plant-mailbox.ts'
import { silentLog } from './silent-log.ts'

afterEach(forgetLogs)
const found = () => leaks().map(({ what }) => what)

describe('the watch over all logs of the test suite finds', () => {
  it.each([
    ['a log that shows its lines', startLog().engine],
    ['a log that shows JSON', startLog({ format: 'json' }).engine],
    ['the silent log that tests give to rooms', silentLog.named('sync')],
  ])('planted mail and secrets in %s', (_name, log) => {
    plantPrivate('a subject', 'Our divorce, once more')
    plantSecret('a passphrase', 'correct-horse')
    log.info('Stored Our divorce, once more')
    log.warning('unsealed', { box: 'correct-horse' })
    log.error('Stored', { subject: 'Re: Our divorce, once more' })
    expect(found()).toEqual(['a subject', 'a passphrase', 'a subject'])
  })

  it('what real mails of a mailbox say', async () => {
    const simulator = await startSimulator({})
    const mailbox = simulator.addMailbox('ada@example.test')
    fillMailbox(mailbox, { count: 120, seed: 3 })
    plantMailbox(mailbox)
    const said = mailbox.messages().map(({ raw }) => parseMessage(raw))
    await simulator.close()
    silentLog.info('Nothing of a mail here')
    expect(found()).toEqual([])
    const subject = said.find((each) => each.subject.length > 20)?.subject ?? ''
    const line = said.flatMap(({ text }) => text.split('\n').slice(0, 3)).find((each) => each.length > 30) ?? ''
    const filename = said.flatMap(({ attachments }) => attachments).find((each) => (each.filename ?? '').length > 12)
    for (const text of [subject, line, filename?.filename ?? '']) {
      expect(text).not.toBe('')
      forgetLogs()
      plantMailbox(mailbox)
      silentLog.warning(`Postgres refused «${text}»`)
      expect(found(), text).not.toEqual([])
    }
  })

  it('the address of a correspondent, but not that of an account', () => {
    silentLog.info('Syncing user: ada@example.com')
    silentLog.info('connect ECONNREFUSED 127.0.0.1:443 at node@24.0.0')
    expect(found()).toEqual([])
    silentLog.info('Stored a mail of p17@mail.example.org')
    expect(found()).toEqual(['the address p17@mail.example.org'])
  })

  it('what looks like a secret, in what no log of ours wrote', () => {
    watchLogFile('2026-01-01 00:00:00 - a - INFO - ya29.a0abcdefgh\n2026-01-01 00:00:00 - a - INFO - fine')
    expect(found()).toEqual(['something that looks like a secret'])
  })

  it('secrets in whatever a child process shows, and mail only in its log lines', () => {
    plantSecret('a token', 'tok-12345678')
    plantPrivate('a subject', 'Our divorce, once more')
    watchOutput('Our divorce, once more\n2026-01-01 00:00:00 - a - INFO - fine\n')
    expect(found()).toEqual([])
    watchOutput('2026-01-01 00:00:00 - a - INFO - Our divorce, once more')
    expect(found()).toEqual(['a subject'])
    watchOutput('the token is tok-12345678')
    expect(found()).toEqual(['a subject', 'a token'])
  })
})
