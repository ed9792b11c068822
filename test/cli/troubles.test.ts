import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withoutProxy } from '../../electron/cli/no-proxy.ts'
import { ensureApiToken } from '../../electron/platform/api-token.ts'
import { acquireLock } from '../../electron/platform/lock.ts'
import { writeServiceFile } from '../../electron/platform/service-file.ts'
import { createProver } from '../../electron/platform/token-proof.ts'
import { tempHome } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

/** Answers as the listener says, once it has proven to know the token: null for what is no challenge. */
type Listener = (...given: [...Parameters<RequestListener>, proof: string | null]) => unknown

/** A data folder whose owner is this process, and whose port answers as the listener says. */
async function folderServedBy(listener: Listener): Promise<string> {
  const paths = await tempHome()
  const token = await ensureApiToken(paths.apiToken)
  const prover = createProver(() => token)
  const proofFor = (url = ''): string | null => {
    const challenge = /^\/api\/v1\/token\/proof\?challenge=([\w-]{43})$/.exec(url)?.[1]
    return challenge === undefined ? null : JSON.stringify(prover.prove(challenge))
  }
  const lock = await acquireLock(paths, 'test')
  const server = createServer((request, response) => void listener(request, response, proofFor(request.url)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await lock.release()
  })
  const { port } = server.address() as AddressInfo
  await writeServiceFile(paths, { pid: process.pid, port, host: 'test', startedAt: '2026-01-01T00:00:00Z' })
  return paths.home
}

const allCommands = ['status', 'sync', 'accounts pause ada', 'logs-follow', 'status --watch']

describe('a service that dies while a command waits', () => {
  it.each(['status', 'sync', 'accounts pause ada@example.com', 'interval 7', 'logs'])(
    '%s says so, with the exit code of no service',
    async (line) => {
      const home = await folderServedBy((request, response, proof) => {
        if (proof !== null) response.end(proof)
        else request.socket.destroy()
      })
      const { code, err } = await mailtide(home, line)
      expect({ code, err }).toEqual({
        code: 3,
        err: 'mailtide: Mailtide stopped before it answered\nWhat to do: See: mailtide logs. Start it with: mailtide start\n',
      })
      expect((await mailtide(home, 'check')).out).toMatch(/^MAILTIDE CRITICAL - Mailtide stopped before/)
    },
  )
})

describe('another program on the port', () => {
  it.each(allCommands)('%s says which program is not there', async (line) => {
    const home = await folderServedBy((_, response) => response.end('<html>Hello</html>'))
    const { code, err } = await mailtide(home, line)
    expect(code).toBe(3)
    expect(err).toMatch(/Another program answers on port \d+, not Mailtide \(pid \d+\)/)
    expect(err).toContain('--port')
  })
})

describe('a program that pretends to be the service', () => {
  /** It knows what the service answers, and notes what it is told. */
  const told: string[] = []
  const pretend: Listener = (request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      told.push(JSON.stringify([request.url, request.headers, body]))
      if (request.url?.startsWith('/api/v1/token/proof') === true) {
        response.end(JSON.stringify({ session: 's'.repeat(43), proof: 'p'.repeat(43) }))
      } else if (request.url === '/health') {
        response.end(JSON.stringify({ status: 'ok', version: '0.1.0', uptime_seconds: 1 }))
      } else {
        response.end('{}')
      }
    })
  }

  it.each([...allCommands, 'open', 'check'])('learns nothing from %s', async (line) => {
    told.length = 0
    const home = await folderServedBy(pretend)
    const seen = await mailtide(home, line)
    expect(`${seen.out}${seen.err}`).toMatch(/What answers on port \d+ does not prove that it is Mailtide/)
    expect(told).toHaveLength(1)
    expect(told[0]).not.toContain('authorization')
    expect(told[0]).not.toContain((await readFile(join(home, 'api-token'), 'utf8')).trim())
  })

  it.each([true, false])('is sent no credential, whether the token can be read (%s) or not', async (isReadable) => {
    told.length = 0
    const home = await folderServedBy(pretend)
    if (!isReadable) await rm(join(home, 'api-token'))
    await writeFile(join(home, 'token.json'), '{"refresh_token":"a-refresh-token-of-somebody"}')
    const { code, err } = await mailtide(home, `accounts import-token ${join(home, 'token.json')}`)
    expect(code).not.toBe(0)
    if (!isReadable) expect(err).toContain('This needs the API token')
    expect(told).toHaveLength(1)
    expect(told[0]).not.toContain('a-refresh-token-of-somebody')
  })
})

describe('a proxy in the environment', () => {
  it('is never asked for our own service, nor shown its token', async () => {
    const { paths } = await startHost()
    let asked = 0
    const proxy = createServer(() => asked++).on('connect', (_, socket) => {
      asked++
      socket.destroy()
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void proxy.close())
    const env = {
      MAILTIDE_HOME: paths.home,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: 'example.com',
    }
    const script = join(import.meta.dirname, '../../build/mailtide.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, 'status'], { env })
    expect(stdout).toContain('is running')
    expect(asked).toBe(0)
  })

  it('is asked for all that it was asked for before', () => {
    expect(withoutProxy({})).toBe('127.0.0.1')
    expect(withoutProxy({ NO_PROXY: 'example.com' })).toBe('example.com,127.0.0.1')
    expect(withoutProxy({ NO_PROXY: 'a', no_proxy: 'b' })).toBe('b,127.0.0.1')
    for (const enough of ['*', 'localhost, 127.0.0.1']) expect(withoutProxy({ no_proxy: enough })).toBeNull()
  })
})

describe('a service.json that is rubbish', () => {
  it.each(['', '{', '[]', '{"pid":1}', '\u0000\u0001', '{"pid":1,"port":99999,"host":"headless","startedAt":"x"}'])(
    '(%j) counts as none: the lock says who is there',
    async (rubbish) => {
      const paths = await tempHome()
      const lock = await acquireLock(paths, 'test')
      await writeFile(paths.service, rubbish)
      const { code, err } = await mailtide(paths.home, 'status')
      const started = await mailtide(paths.home, 'start')
      await lock.release()
      expect(code).toBe(3)
      expect(err).toContain(`Mailtide (pid ${process.pid}) holds the data folder but does not answer`)
      expect(started).toMatchObject({ code: 1, err: expect.stringContaining('already running') })
    },
  )
})

describe('an answer of another version', () => {
  it('is not taken for a status', async () => {
    const home = await folderServedBy((_, response, proof) =>
      response.end(proof ?? '{"sync_status":{"running":"maybe"}}'),
    )
    const { code, out, err } = await mailtide(home, 'status')
    // 1 would say to whoever knows init scripts that it died.
    expect({ code, out }).toEqual({ code: 4, out: '' })
    expect(err).toContain('same version')
    expect(await mailtide(home, 'status --json')).toMatchObject({ code: 4, err: '' })
  })
})

describe('a log that cannot be read', () => {
  it('is no reason to doubt that the service runs', async () => {
    const { paths } = await startHost()
    await rm(paths.apiToken)
    await mkdir(paths.logFile)
    const { code, out, err } = await mailtide(paths.home, 'status')
    expect(code).toBe(0)
    expect(out).toContain('Waiting. The next cycle starts')
    expect(err).toContain(`The log ${paths.logFile} cannot be read`)
  })
})

describe('a command at work on the folder', () => {
  it('is not taken for a service, and is ended by none', async () => {
    const paths = await tempHome()
    const lock = await acquireLock(paths, 'command')
    const atWork = `Another command of Mailtide (pid ${process.pid}) is working on the data folder`
    for (const line of ['stop', 'stop --force', 'restart', 'config set batchSize 5']) {
      expect(await mailtide(paths.home, line), line).toEqual({
        code: 1,
        out: '',
        err: `mailtide: ${atWork}\nWhat to do: Wait until it has ended, and try again\n`,
      })
    }
    const status = await mailtide(paths.home, 'status')
    expect(status.code).toBe(3)
    expect(status.err).toContain(
      `Mailtide is not running: another command (pid ${process.pid}) is working on the data folder`,
    )
    await lock.release()
  })
})

describe('the service of another host', () => {
  it('start says who has the folder, and changes nothing', async () => {
    const { paths, port, service } = await startHost()
    expect(await mailtide(paths.home, 'start')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`Service is already running (pid ${process.pid}, port ${port}, test)`),
    })
    const asJson = await mailtide(paths.home, 'start --json')
    expect(asJson).toMatchObject({ code: 1, err: '' })
    expect(JSON.parse(asJson.out)).toMatchObject({ code: 'already_running', status: 409 })
    expect(service.calls).toEqual([])
  })

  it.each(['desktop', 'demo'] as const)('restart does not take the folder from the %s', async (host) => {
    const paths = await tempHome()
    const lock = await acquireLock(paths, host)
    const { code, err } = await mailtide(paths.home, 'restart')
    await lock.release()
    expect(code).toBe(1)
    expect(err).toContain(`The service belongs to the ${host}`)
  })
})

describe('a restart that could not start again', () => {
  it.each([
    [{ MAILTIDE_INTERVAL_MINUTES: 'five' }, 'MAILTIDE_INTERVAL_MINUTES must be a whole number'],
    [{ MAILTIDE_RAW_STORE: 'postgres' }, 'DATABASE_URL is not set'],
  ])('for its settings (%o) does not stop what runs', async (wrong, words) => {
    const { paths, service } = await startHost()
    const { code, err } = await mailtide(paths.home, 'restart', { env: { MAILTIDE_HOME: paths.home, ...wrong } })
    expect(code).toBe(1)
    expect(err).toContain(words)
    expect((await mailtide(paths.home, 'status')).code).toBe(0)
    expect(service.calls).toEqual([])
  })
})

describe('a service that does not start', () => {
  /** A program in the place of the service. */
  const instead = (script: string) => ({ self: [process.execPath, '-e', script] as const })

  it('is told with what it said last, on the console or in its log', async () => {
    const { home, logFile } = await tempHome()
    const said = 'console.error("mailtide: The disk is full\\nWhat to do: Free some space"); process.exitCode = 1'
    expect(await mailtide(home, 'start', instead(said))).toEqual({
      code: 1,
      out: '',
      err: 'mailtide: Mailtide did not start: The disk is full\nWhat to do: Free some space\n',
    })
    const crash = await mailtide(home, 'start --json', instead('throw new Error("Deep inside")'))
    expect(crash.code).toBe(1)
    expect(JSON.parse(crash.out)).toMatchObject({
      title: 'Mailtide did not start: it ended by itself (exit code 1)',
      remedy: `See the log: ${logFile}`,
      log: expect.arrayContaining([expect.stringContaining('Deep inside')]),
    })
    expect(await readFile(join(home, 'logs', 'console.log'), 'utf8')).toContain('Deep inside')
    const killed = await mailtide(home, 'start', instead('process.kill(process.pid, "SIGKILL")'))
    expect(killed.err).toContain('did not start: it was ended by SIGKILL')
    const told = await mailtide(home, 'start', instead(''))
    expect(told.err).toContain('did not start: it was told to stop while it was starting')
  })

  it('is explained also when it could write nothing down', async () => {
    const { home, logs } = await tempHome()
    const spoil = `const { rmSync, writeFileSync } = require('node:fs')
      rmSync('${logs}', { recursive: true }); writeFileSync('${logs}', '')`
    const { code, err } = await mailtide(home, 'start', instead(spoil))
    expect(code).toBe(1)
    expect(err).toMatch(
      /^mailtide: Mailtide did not start: .* there is a file of that name\nWhat to do: Move that file away/,
    )
  })

  it('is left to itself when it takes longer than one wants to wait', async () => {
    const { home } = await tempHome()
    const { code, err } = await mailtide(home, 'start --timeout 1', instead('setTimeout(() => {}, 5000)'))
    expect(code).toBe(1)
    expect(err).toMatch(/Mailtide \(pid \d+\) does not answer after 1 second; it is still starting/)
    process.kill(Number(/pid (\d+)/.exec(err)?.[1]))
  })

  it('is not waited for longer than that when it takes connections and says nothing', async () => {
    const { home } = await tempHome()
    const platform = new URL('../../electron/platform/', import.meta.url).href
    const hanging = `
      const [{ dataPaths }, { acquireLock }, { writeServiceFile }] = await Promise.all(
        ['data-folder', 'lock', 'service-file'].map((name) => import('${platform}' + name + '.ts')))
      const paths = dataPaths(process.env.MAILTIDE_HOME)
      await acquireLock(paths, 'headless')
      const server = (await import('node:http')).createServer(() => {})
      server.listen(0, '127.0.0.1', () => writeServiceFile(paths,
        { pid: process.pid, port: server.address().port, host: 'headless', startedAt: new Date().toISOString() }))
      setTimeout(() => process.exit(), 30000)`
    const began = performance.now()
    const { code, err } = await mailtide(home, 'start --timeout 3', {
      self: [process.execPath, '--input-type=module', '-e', hanging],
    })
    const took = performance.now() - began
    process.kill(Number(/pid (\d+)/.exec(err)?.[1]))
    expect(code).toBe(1)
    expect(err).toContain('does not answer after 3 seconds; it is still starting')
    expect(took).toBeLessThan(9_000)
  })

  it('is told when there is no program to start, or no place for what it says', async () => {
    const { home } = await tempHome()
    const none = await mailtide(home, 'start', { self: ['/no/such/node'] })
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('/no/such/node cannot be started') })
    const { home: other, logs: itsLogs } = await tempHome()
    await mkdir(join(itsLogs, 'console.log'))
    expect((await mailtide(other, 'start')).err).toContain('console.log cannot be written')
  })
})

describe('accounts', () => {
  it('are paused and resumed by the service', async () => {
    const { paths, service } = await startHost()
    expect((await mailtide(paths.home, 'accounts pause ada@example.com')).out).toContain('ada@example.com is paused')
    expect((await mailtide(paths.home, 'accounts resume ada1 --json')).out).toContain('"ada@example.com"')
    expect(service.calls).toEqual(['pause ada@example.com', 'resume ada1'])
    expect(await mailtide(paths.home, 'accounts pause eve@example.com')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no account eve@example.com'),
    })
  })
})

describe('check', () => {
  it('judges the running service, as line and as JSON', async () => {
    const { paths } = await startHost()
    const { code, out, err } = await mailtide(paths.home, 'check')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^MAILTIDE OK - 1 account, 1,000 messages\..* \| 'ada@example\.com age'=60s;\d+;\d+;0 .*\n$/)
    const { out: json } = await mailtide(paths.home, 'check --json')
    expect(JSON.parse(json)).toMatchObject({ status: 'OK', exit_code: 0 })
    expect(await mailtide(paths.home, 'check --warning 0 --critical 100')).toMatchObject({ code: 1 })
    expect(await mailtide(paths.home, 'check -c 0')).toMatchObject({ code: 2 })
    expect(await mailtide(paths.home, 'check --account eve@example.com')).toMatchObject({ code: 3 })
  })

  it.each(['check -w x', 'check --nonsense', 'check extra', 'check -t 0'])(
    '%s is UNKNOWN, not critical',
    async (line) => {
      const { paths } = await startHost()
      const { code, out } = await mailtide(paths.home, line)
      expect(code).toBe(3)
      expect(out).toMatch(/^MAILTIDE UNKNOWN - /)
    },
  )

  it('is CRITICAL when nothing runs, or when what runs does not answer in time', async () => {
    const paths = await tempHome()
    expect(await mailtide(paths.home, 'check')).toEqual({
      code: 2,
      out: 'MAILTIDE CRITICAL - Mailtide is not running. Start it with: mailtide start\n',
      err: '',
    })
    const home = await folderServedBy(() => undefined)
    expect(await mailtide(home, 'check --timeout 1')).toEqual({
      code: 2,
      out: 'MAILTIDE CRITICAL - Mailtide does not answer within 1 second\n',
      err: '',
    })
  })

  it('leaves no question open when its time is up, which would keep it from ending', async () => {
    const { promise: givenUp, resolve } = Promise.withResolvers<number>()
    const home = await folderServedBy((_, response, proof) => {
      if (proof !== null) setTimeout(() => response.end(proof), 900)
      else response.once('close', () => resolve(performance.now()))
    })
    const began = performance.now()
    expect(await mailtide(home, 'check --timeout 2')).toMatchObject({
      code: 2,
      out: 'MAILTIDE CRITICAL - Mailtide does not answer within 2 seconds\n',
    })
    expect((await givenUp) - began).toBeLessThan(2_700)
  })

  it('that fails itself is UNKNOWN, not a warning', async () => {
    let out = ''
    const stdout = {
      write: (text: string) => {
        if (text.startsWith('MAILTIDE CRITICAL')) throw new Error('Unforeseen')
        out += text
      },
    }
    expect(await mailtide((await tempHome()).home, 'check', { stdout })).toMatchObject({ code: 3 })
    expect(out).toBe('MAILTIDE UNKNOWN - Unforeseen\n')
  })
})
