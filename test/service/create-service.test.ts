import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { defaultSettings } from '../../shared/settings.ts'
import { migratedTemplate, openTestFolder, silentLog } from '../support/database.ts'
import { buildService } from '../support/harness.ts'

it('a service that cannot be built leaves no thread behind, which would keep its program from ending', async () => {
  const home = await mkdtemp(join(tmpdir(), 'mailtide-unbuilt-'))
  cpSync(await migratedTemplate(), join(home, 'db'), { recursive: true })
  const db = await openTestFolder(join(home, 'db'))
  await db.query('alter table mailtide.activity rename to gone')
  await db.close()
  const threads = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length
  const before = threads()
  const url = 'http://127.0.0.1:1/'
  const built = buildService({
    home,
    rootUrl: url,
    oauthUrl: url,
    settings: defaultSettings,
    clock: systemClock,
    log: silentLog,
    databaseUrl: undefined,
  })
  await expect(built).rejects.toMatchObject({ code: 'store' })
  await expect.poll(threads).toBe(before)
  await rm(home, { recursive: true, force: true })
})
