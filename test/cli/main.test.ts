import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { OfflineCommands } from '../../electron/cli/offline.ts'
import { AppError } from '../../shared/errors.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { adaAccount, adaSealed, adaVerification, idle } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { nobodyOffline, mailtide as runMailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

let calls: unknown[]
let home: string

beforeEach(async () => {
  calls = []
  home = join(await tempFolder(), 'home')
})

const offline: OfflineCommands = {
  ...nobodyOffline,
  run: async ({ flags }) => {
    calls.push(['run', flags])
    return 0
  },
  accountsList: async () => {
    calls.push(['list'])
    return [adaAccount]
  },
  importToken: async ({ authorizedUser, email, oauthClient }) => {
    calls.push(['import', authorizedUser, email, ...(oauthClient === undefined ? [] : [oauthClient])])
    return adaAccount
  },
  exportCredentials: async ({ account }) => {
    calls.push(['export', account])
    return { file: adaSealed, accounts: [adaAccount.email], clients: [], left_out: [] }
  },
  importCredentials: async ({ file }) => {
    calls.push(['import credentials', file])
    return { accounts: [adaAccount], clients: [], failed: [] }
  },
  removeAccount: async ({ account, mail, revoke }) => {
    calls.push(['remove', account, mail, revoke])
    return { email: adaAccount.email }
  },
  reparse: async ({ all, account }) => {
    calls.push(['reparse', all, account])
    return { messages: 1_200, changed: 1, failed: 0 }
  },
  verify: async () => ({ ...adaVerification, state: 'done' }),
  rebuild: async () => {
    calls.push(['rebuild'])
    return { accounts: 1, messages: 1_200, damaged: 2 }
  },
}

const mailtide = (line: string, changes: Parameters<typeof runMailtide>[2] = {}) =>
  runMailtide(home, line, { offline, readStdin: async () => '{"refresh_token":"from stdin"}', ...changes })

const notRunning = 'Mailtide is not running. Start it with: mailtide start\n'

describe('help and usage', () => {
  it.each(['help', '--help', 'help run', 'run --help', 'accounts --help'])('%s explains on stdout', async (line) => {
    const { code, out, err } = await mailtide(line)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Usage: mailtide')
  })

  it('help names every verb, the exit codes and the environment', async () => {
    const { out } = await mailtide('help')
    for (const word of [
      'run',
      'status',
      'sync',
      'accounts',
      'reparse',
      'rebuild',
      'MAILTIDE_HOME',
      '3  Mailtide is not running',
    ]) {
      expect(out).toContain(word)
    }
  })

  it('--version is the version alone', async () => {
    expect(await mailtide('--version')).toEqual({ code: 0, out: '0.1.0\n', err: '' })
  })

  it.each([
    '',
    'nonsense',
    'status extra',
    'status --nonsense',
    'accounts',
    'accounts import-token',
    'sync --account',
    'run --port x',
    'run --interval 0',
    'run --interval 5 --interval-minutes 7',
    'start --api-port 8001 --port 8002',
    'run --interval-minutes 5.5',
    'run --on-remote-delete forget',
  ])('wrong usage (%j) is exit code 2, and does nothing', async (line) => {
    const { code, out, err } = await mailtide(line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).not.toBe('')
    expect(calls).toEqual([])
  })

  it('a bad value is refused with what is allowed', async () => {
    expect((await mailtide('run --interval 0')).err).toContain('a whole number from 1 to 1440 (minutes)')
  })
})

describe('run', () => {
  it('gives every setting by its flag, and the short ones', async () => {
    await mailtide('run --port 8100 --interval 10 --batch-size 50 --require-token --include-spam-trash false')
    await mailtide('run --api-port 0 --interval-minutes 15 --json')
    expect(calls).toEqual([
      [
        'run',
        { apiPort: '8100', intervalMinutes: '10', batchSize: '50', requireToken: 'true', includeSpamTrash: 'false' },
      ],
      ['run', { apiPort: '0', intervalMinutes: '15', logFormat: 'json' }],
    ])
  })

  it('ends with the exit code of the service, and 1 when one runs already', async () => {
    expect((await mailtide('run', { offline: { ...offline, run: async () => 1 } })).code).toBe(1)
    const run = () =>
      Promise.reject(new AppError('already_running', 'Service is already running (pid 42, port 8000, desktop)'))
    expect(await mailtide('run', { offline: { ...offline, run } })).toEqual({
      code: 1,
      out: '',
      err: 'mailtide: Service is already running (pid 42, port 8000, desktop)\n',
    })
  })

  it('says how to change a port that is taken', async () => {
    const run = () =>
      Promise.reject(new AppError('port_in_use', 'Port 8000 is in use by pid 7', { remedy: 'Use MAILTIDE_PORT' }))
    expect(await mailtide('run', { offline: { ...offline, run } })).toEqual({
      code: 1,
      out: '',
      err: 'mailtide: Port 8000 is in use by pid 7\nWhat to do: Use MAILTIDE_PORT\n',
    })
  })
})

describe('without a service', () => {
  it.each(['status', 'sync', 'sync --account ada@example.com'])(
    '%s says how to start it and ends with 3',
    async (line) => {
      expect(await mailtide(line)).toEqual({ code: 3, out: '', err: notRunning })
    },
  )

  it.each(['status --json', '--json status'])('%s says it as JSON, still with 3', async (line) => {
    const { code, out, err } = await mailtide(line)
    expect({ code, err }).toEqual({ code: 3, err: '' })
    expect(JSON.parse(out)).toMatchObject({ running: false, code: 'not_running', title: 'Mailtide is not running' })
  })

  it('accounts, reparse and rebuild work on the data folder', async () => {
    expect((await mailtide('accounts list')).out).toContain('ada@example.com (up to date)')
    expect((await mailtide('reparse')).out).toBe('Read 1,200 messages again, 1 row changed\n')
    expect((await mailtide('reparse --all --account ada@example.com')).code).toBe(0)
    expect((await mailtide('rebuild')).out).toBe(
      'Rebuilt 1 account with 1,200 messages; 2 originals could not be read and will be downloaded again\n',
    )
    expect(JSON.parse((await mailtide('rebuild --json')).out)).toEqual({ accounts: 1, messages: 1_200, damaged: 2 })
    expect(calls).toEqual([
      ['list'],
      ['reparse', false, undefined],
      ['reparse', true, 'ada@example.com'],
      ['rebuild'],
      ['rebuild'],
    ])
  })

  it('an empty list says how to add an account', async () => {
    const { code, out } = await mailtide('accounts list', { offline: { ...offline, accountsList: async () => [] } })
    expect(code).toBe(0)
    expect(out).toContain('mailtide accounts add')
    expect(
      JSON.parse(
        (await mailtide('accounts list --json', { offline: { ...offline, accountsList: async () => [] } })).out,
      ),
    ).toEqual({
      accounts: [],
    })
  })
})

describe('with a service', () => {
  it('status shows the service and each account, with exit code 0 also when syncing is stopped', async () => {
    const host = await startHost()
    home = host.paths.home
    const { code, out } = await mailtide('status')
    expect(code).toBe(0)
    expect(out).toContain('Waiting. The next cycle starts in 4 minutes.')
    expect(out).toContain('ada@example.com\n  Up to date, synced 1 minute ago.\n  1,000 messages stored')
    expect(JSON.parse((await mailtide('status --json')).out)).toEqual({ sync_status: idle, log: [] })
    await host.service.stop()
    const stopped = await mailtide('status')
    expect(stopped.code).toBe(0)
    expect(stopped.out).toContain('Not syncing.')
  })

  it('sync starts a cycle; an unknown account and a stopped service are failures, not absence', async () => {
    const host = await startHost()
    home = host.paths.home
    expect(await mailtide('sync')).toMatchObject({
      code: 0,
      out: 'Syncing all accounts. See the progress with: mailtide status\n',
    })
    expect(await mailtide('sync --account eve@example.com')).toEqual({
      code: 1,
      out: '',
      err: 'mailtide: There is no account eve@example.com\nWhat to do: See mailtide accounts list\n',
    })
    await host.service.stop()
    expect(await mailtide('sync')).toMatchObject({ code: 1, err: 'mailtide: Service is not running\n' })
  })

  it('accounts go through it, since it owns the folder', async () => {
    const host = await startHost()
    home = host.paths.home
    const file = join(await tempFolder(), 'token.json')
    await writeFile(file, '{"refresh_token":"r"}')
    expect((await mailtide('accounts list --json')).out).toContain('ada@example.com')
    expect((await mailtide(`accounts import-token ${file}`)).out).toContain('Added ada@example.com.')
    expect(host.service.calls).toEqual(['import {"refresh_token":"r"} undefined'])
    expect(calls).toEqual([])
  })
})

describe('accounts import-token', () => {
  it('takes a file or standard input, and whose it must be', async () => {
    const file = join(await tempFolder(), 'token.json')
    await writeFile(file, '\ufeff{"refresh_token":"from file"}')
    expect((await mailtide(`accounts import-token ${file} --email ada@example.com`)).code).toBe(0)
    expect((await mailtide('accounts import-token -')).code).toBe(0)
    expect(calls).toEqual([
      ['import', { refresh_token: 'from file' }, 'ada@example.com'],
      ['import', { refresh_token: 'from stdin' }, undefined],
    ])
  })

  it('refuses what is no token file by its name, without showing what it holds', async () => {
    const folder = await tempFolder()
    for (const [name, text] of [
      ['cut.json', '{"refresh_token":"1//secret'],
      ['list.json', '["1//secret"]'],
      ['empty.json', ''],
      ['big.json', `"${'1//secret'.repeat(10_000)}"`],
    ] as const) {
      await writeFile(join(folder, name), text)
      const { code, err, out } = await mailtide(`accounts import-token ${join(folder, name)}`)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain(name)
      expect(err).toContain('authorized_user')
      expect(err).not.toContain('1//')
    }
    await mkdir(join(folder, 'dir.json'))
    for (const name of ['missing.json', 'dir.json']) {
      expect((await mailtide(`accounts import-token ${join(folder, name)}`)).err).toContain(`${name} cannot be read`)
    }
    expect(calls).toEqual([])
  })
})

describe('accounts import-token with what else must be said', () => {
  it('gives the OAuth client beside a token that does not name it', async () => {
    const folder = await tempFolder()
    const [token, client] = [join(folder, 'token.json'), join(folder, 'client_secret.json')]
    await writeFile(token, '{"refresh_token":"r"}')
    await writeFile(client, '{"installed":{"client_id":"c"}}')
    expect((await mailtide(`accounts import-token ${token} --client ${client}`)).code).toBe(0)
    expect(calls).toEqual([['import', { refresh_token: 'r' }, undefined, { installed: { client_id: 'c' } }]])
    const { code, err } = await mailtide(`accounts import-token ${token} --client ${join(folder, 'nowhere.json')}`)
    expect(code).toBe(1)
    expect(err).toContain('nowhere.json cannot be read')
  })

  it('says what becomes of an account that was there already', async () => {
    const host = await startHost()
    home = host.paths.home
    const file = join(await tempFolder(), 'token.json')
    await writeFile(file, '{"refresh_token":"r"}')
    const become = async (state: Partial<AccountSnapshot>) => {
      Object.assign(host.service, { importToken: async () => ({ ...adaAccount, ...state }) })
      return (await mailtide(`accounts import-token ${file}`)).out
    }
    expect(await become({})).toBe('Added ada@example.com. It continues where it left off\n')
    expect(await become({ last_synced_at: null })).toContain('Its first download starts with the next cycle')
    expect(await become({ state: 'paused' })).toBe(
      'ada@example.com is signed in, and stays paused until: mailtide accounts resume ada@example.com\n',
    )
  })

  it('hands it to the service that owns the folder', async () => {
    const host = await startHost()
    home = host.paths.home
    const file = join(await tempFolder(), 'both.json')
    await writeFile(file, '{"installed":{"client_id":"c"}}')
    await mailtide(`accounts import-token ${file} --client ${file}`)
    expect(host.service.calls).toEqual([
      `import {"installed":{"client_id":"c"}} undefined {"installed":{"client_id":"c"}}`,
    ])
  })
})

describe('accounts remove', () => {
  /** A person who gives these answers, and what was asked. */
  const person = (...answers: string[]) => {
    const asked: string[] = []
    return {
      asked,
      ask: async (question: string) => {
        asked.push(question)
        return answers.shift() ?? null
      },
    }
  }

  it('does at once what is said with --yes, on the folder or by the service', async () => {
    expect(await mailtide('accounts remove ada@example.com --mail delete --revoke --yes')).toMatchObject({
      code: 0,
      out: 'Removed ada@example.com. Its mail is deleted\n',
    })
    expect(calls).toEqual([['remove', 'ada@example.com', 'delete', true]])
    const host = await startHost()
    home = host.paths.home
    expect((await mailtide('accounts remove ada@example.com --mail keep -y')).out).toBe(
      'Removed ada@example.com. Its mail stays readable; adding it again continues from there\n',
    )
    const { out } = await mailtide('accounts remove ada@example.com --mail delete -y --json')
    expect(JSON.parse(out)).toEqual({ email: 'ada@example.com', mail: 'deleting', revoked: false })
    expect(host.service.calls).toEqual(['remove ada@example.com keep false', 'remove ada@example.com delete false'])
    const unknown = await mailtide('accounts remove bob@example.com --mail keep -y')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('There is no account bob@example.com')])
  })

  it('asks on a terminal what it was not told, and once more with what revoking means', async () => {
    const { asked, ask } = person('delete', 'y')
    const { code, err } = await mailtide('accounts remove ada@example.com --revoke', { ask })
    expect(code).toBe(0)
    expect(asked).toEqual([
      'Keep the mail of ada@example.com that is stored here, or delete it? [keep/delete] ',
      'Remove ada@example.com? [y/N] ',
    ])
    expect(err).toContain('Gmail keeps it')
    expect(err.replaceAll(/\s+/g, ' ')).toContain('revokes for the whole project')
    expect(calls).toEqual([['remove', 'ada@example.com', 'delete', true]])
  })

  it.each([['n'], [''], ['yes please']])('does nothing when the answer is %j', async (answer) => {
    const { code, err } = await mailtide('accounts remove ada@example.com --mail keep', { ask: person(answer).ask })
    expect([code, err]).toEqual([1, 'Nothing was removed.\n'])
    expect(calls).toEqual([])
  })

  it.each([
    ['accounts remove ada@example.com --yes', /--mail keep or --mail delete/],
    ['accounts remove ada@example.com --mail keep', /--yes/],
    ['accounts remove ada@example.com --mail burn --yes', /keep, delete/],
    ['accounts remove', /missing/],
  ])('without a terminal everything must be said: %s', async (line, words) => {
    const { code, err } = await mailtide(line)
    expect(code).toBe(2)
    expect(err).toMatch(words)
    expect(calls).toEqual([])
  })
})

describe('colour', () => {
  it('appears on a terminal alone, and never with NO_COLOR or --json', async () => {
    home = (await startHost()).paths.home
    const env = { MAILTIDE_HOME: home }
    const escapeCode = '\u001b['
    expect((await mailtide('status', { tty: true })).out).toContain(escapeCode)
    expect((await mailtide('status')).out).not.toContain(escapeCode)
    expect((await mailtide('status', { tty: true, env: { ...env, NO_COLOR: '1' } })).out).not.toContain(escapeCode)
    expect((await mailtide('status --json', { tty: true })).out).not.toContain(escapeCode)
  })
})
