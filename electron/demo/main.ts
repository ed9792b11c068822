/**
 * `npm run demo`: the whole line without a Google account. A Gmail of our own in this process, filled with generated mail or with a
 * person's own (`--from PATH`), synced by the real service into a data folder of the demo's own, with changes arriving every few seconds.
 */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { asAppError } from '../../shared/errors.ts'
import { runHeadless } from '../headless.ts'
import { keepHeapsSmall } from '../lean-heap.ts'
import { dataFolder, userHome } from '../platform/data-folder.ts'
import type { Service } from '../service/types.ts'
import { loadFromPath } from './from-path.ts'
import { fillMailbox } from './generator.ts'
import { live } from './live.ts'
import type { Change } from './live-changes.ts'
import { startSimulator } from './simulator.ts'
import type { SimulatedMailbox, Simulator } from './types.ts'

const EMAIL = 'demo@example.test'
/** For whoever tries to sign in: `mailtide accounts add` meets pages like Google's, with the warning that most people will see. */
const OTHER_EMAIL = 'other@example.test'
const CHANGE_EVERY_MS = 4_000

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    messages: { type: 'string', default: '300' },
    keep: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function fill(mailbox: SimulatedMailbox): Promise<void> {
  if (values.from === undefined) {
    fillMailbox(mailbox, { count: Number(values.messages), seed: 1 })
    say(`A demo mailbox with ${mailbox.size} generated mails is ready.`)
    return
  }
  const report = await loadFromPath(mailbox, values.from)
  say(
    `${report.mails} mails from ${values.from} are in the demo mailbox${report.skipped > 0 ? ` (${report.skipped} files were no mail)` : ''}.`,
  )
}

/** Says what happened in the mailbox, and asks for a sync after it, as a person would see it arrive. */
async function tell(change: Change, service: Service): Promise<void> {
  say(`In Gmail: ${change.kind} (${change.id})`)
  // The service may have been stopped over HTTP meanwhile: the demo goes on and waits for its start.
  await service.syncNow().catch((error: unknown) => say(`Not synced: ${asAppError(error).message}`))
}

async function demo(): Promise<number> {
  const home =
    process.env['MAILTIDE_HOME'] ?? dataFolder({ env: process.env, platform: process.platform, home: userHome() })
  const demoHome = join(dirname(home), 'mailtide-demo')
  const simulator: Simulator = await startSimulator({ dials: { consent: 'ask', verified: false } })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(simulator.addMailbox(OTHER_EMAIL), { count: 50, seed: 2 })
  const stop = new AbortController()
  try {
    await fill(mailbox)
    // The mailbox is made anew at each start, so yesterday's copy of it would be a copy of another mailbox.
    if (!values.keep) await rm(demoHome, { recursive: true, force: true })
    say(`Syncing it into Postgres in ${demoHome}. Stop with Ctrl+C.`)
    return await runHeadless({
      kind: 'demo',
      env: {
        ...process.env,
        MAILTIDE_HOME: demoHome,
        MAILTIDE_GMAIL_ROOT_URL: simulator.url,
        MAILTIDE_OAUTH_URL: simulator.oauthUrl,
        MAILTIDE_PACING: 'off',
      },
      flags: {},
      onReady: async ({ service, port, home: folder }) => {
        await service.importToken(simulator.authorizedUser(EMAIL))
        await service.addClient({ client_id: simulator.clientId, client_secret: simulator.clientSecret }, 'simulated')
        say(`Status: curl http://127.0.0.1:${port}/api/v1/background-sync/status`)
        const unsubscribe = service.subscribe(({ accounts }) => {
          if (accounts[0]?.state !== 'up_to_date') return
          setImmediate(unsubscribe)
          say(
            `The whole mailbox is in Postgres: ${accounts[0].messages_stored} messages. Originals: ${join(folder, 'raw')}`,
          )
          say('Changes now arrive every few seconds, as they would from a living mailbox. Stop with Ctrl+C.')
          void live(mailbox, {
            signal: stop.signal,
            pause: () => CHANGE_EVERY_MS,
            onChange: (change) => tell(change, service),
          })
        })
      },
    })
  } finally {
    stop.abort()
    await simulator.close()
  }
}

keepHeapsSmall()
try {
  process.exitCode = await demo()
} catch (error) {
  const { message, remedy } = asAppError(error)
  process.stderr.write(`mailtide demo: ${message}\n${remedy === undefined ? '' : `What to do: ${remedy}\n`}`)
  process.exitCode = 1
}
