import { writeSync } from 'node:fs'
import { ensureApiToken, openApiToken } from '../../electron/platform/api-token.ts'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { clearLeftovers } from '../../electron/platform/durable-file.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { createSettings, openSettingsFile } from '../../electron/platform/settings.ts'
import { accountId } from '../../shared/ids.ts'
import { ACCOUNT, boxOfTest, CLIENT, clientNumbered, credentialNumbered, numberIn } from './credential-kills.ts'
import { silentLog } from './silent-log.ts'

/** A program that only writes what must survive, all at once and again and again, until it is killed. Says what it does as it does it. */
const say = (text: string): void => void writeSync(1, `${text}\n`)

const paths = dataPaths(process.argv[2] ?? '')
const box = boxOfTest()
await clearLeftovers([paths.home, paths.credentials, paths.clients])
const tokens = createTokenStore(paths.credentials, box, silentLog)
const clients = createClientStore(paths.clients, box, silentLog)
const apiToken = await openApiToken(paths.apiToken, () => undefined)
const { store, warnings } = await openSettingsFile(paths.settings, new Date())
const settings = createSettings({ store, warnings, env: {}, flags: {} })
const found = await tokens.read(accountId(ACCOUNT)).catch(() => null)
say(`found ${found === null ? 0 : numberIn(found)} ${(await ensureApiToken(paths.apiToken)).length} ${warnings.length}`)

for (let n = (found === null ? 0 : numberIn(found)) + 1; ; n++) {
  say(`begin ${n}`)
  await Promise.all([
    tokens.write(accountId(ACCOUNT), credentialNumbered(n)),
    clients.write(CLIENT, clientNumbered(n)),
    apiToken.renew(),
  ])
  settings.change({ minFreeBytes: n })
  say(`done ${n}`)
}
