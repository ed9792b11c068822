/** `node electron/demo/serve.ts --port N --messages N [--seed N] [--dials JSON]`: the simulator for people and scripts. Prints one line of JSON. */
import { parseArgs } from 'node:util'
import { fillMailbox } from './generator.ts'
import { startSimulator } from './simulator.ts'
import type { Dials } from './types.ts'

const EMAIL = 'demo@example.test'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    messages: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    'time-scale': { type: 'string', default: '1' },
    dials: { type: 'string', default: '{}' },
  },
})

const simulator = await startSimulator({
  port: Number(values.port),
  seed: Number(values.seed),
  timeScale: Number(values['time-scale']),
  dials: JSON.parse(values.dials) as Partial<Dials>,
})
fillMailbox(simulator.addMailbox(EMAIL), { count: Number(values.messages), seed: Number(values.seed) })
const { url, oauthUrl } = simulator
const shown = {
  url,
  oauthUrl,
  email: EMAIL,
  authorized_user: simulator.authorizedUser(EMAIL),
  access_token: simulator.accessToken(EMAIL),
}
process.stdout.write(`${JSON.stringify(shown)}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
