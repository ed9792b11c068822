import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { validate } from 'dockerfile-utils'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const root = resolve(import.meta.dirname, '../..')
const at = (name: string): string => join(root, 'docs/service', name)
const read = (name: string): string => readFileSync(at(name), 'utf8')

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
const analyze = has('systemd-analyze')
const python = has('python3')
const NO_SYSTEMD = 'skipped: systemd-analyze is not installed'
const NO_PYTHON = 'skipped: python3 is not installed'

const temp = mkdtempSync(join(tmpdir(), 'mailtide-docs-'))
afterAll(() => rmSync(temp, { recursive: true, force: true }))

/** The settings of a unit file, in order. */
function settingsOf(unit: string): [string, string][] {
  return read(unit)
    .split('\n')
    .filter((line) => /^[A-Z]\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
}

function systemdAnalyze(...args: string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: temp, SYSTEMD_COLORS: '0' },
  })
  return { code: status, said: stdout + stderr }
}

describe.each(['mailtide.service', 'mailtide-user.service'])('%s', (unit) => {
  const scope = unit.includes('user') ? ['--user'] : []

  it(`has nothing that systemd complains about${analyze ? '' : ` (${NO_SYSTEMD})`}`, ({ skip }) => {
    if (!analyze) skip(NO_SYSTEMD)
    expect(systemdAnalyze('verify', ...scope, at(unit))).toEqual({ code: 0, said: '' })
  })

  it('gives the service more time to stop than it takes, and one signal only', () => {
    const settings = new Map(settingsOf(unit))
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(10)
    expect(settings.get('KillMode')).toBe('mixed')
    expect(settings.get('Type')).toBe('notify')
    expect(settings.get('NotifyAccess')).toBe('all')
    expect(settings.get('Restart')).toBe('on-failure')
    expect(settings.get('ExecStart')).toMatch(/^\/usr\/bin\/env node \S+\/build\/mailtide\.mjs run$/)
  })

  it('forbids nothing that Mailtide needs', () => {
    const settings = new Map(settingsOf(unit))
    expect(settings.has('MemoryDenyWriteExecute')).toBe(false)
    expect(settings.has('ProcSubset')).toBe(false)
    expect(settings.has('PrivateNetwork')).toBe(false)
    expect(settings.get('RestrictAddressFamilies')).toContain('AF_UNIX AF_INET AF_INET6')
  })

  it('leaves no core file with mail in it', () => {
    const settings = new Map(settingsOf(unit))
    expect(settings.get('LimitCORE')).toBe('0')
    expect(settings.get('UMask')).toBe('0077')
  })
})

describe('the system unit', () => {
  it(`exposes the system as little as a program on the network can${analyze ? '' : ` (${NO_SYSTEMD})`}`, ({ skip }) => {
    if (!analyze) skip(NO_SYSTEMD)
    const { code, said } = systemdAnalyze(
      'security',
      '--offline=true',
      '--no-pager',
      '--threshold=25',
      at('mailtide.service'),
    )
    expect(said).toMatch(/Overall exposure level for mailtide\.service: [012]\.\d OK/)
    expect(code).toBe(0)
  })
})

describe('the launchd agent', () => {
  it(`is a property list that starts Mailtide, again when it fails, and gives it time to stop${python ? '' : ` (${NO_PYTHON})`}`, ({
    skip,
  }) => {
    if (!python) skip(NO_PYTHON)
    const script = 'import plistlib,json,sys; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))'
    const plist: unknown = JSON.parse(
      execFileSync('python3', ['-c', script, at('mailtide.plist')], { encoding: 'utf8' }),
    )
    expect(plist).toMatchObject({
      Label: 'mailtide',
      ProgramArguments: ['/usr/bin/env', 'node', expect.stringMatching(/\/build\/mailtide\.mjs$/), 'run'],
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ExitTimeOut: 15,
      Umask: 0o077,
    })
  })
})

describe('the Windows task', () => {
  const script = `
import json, sys, xml.etree.ElementTree as tree
task = tree.parse(sys.argv[1]).getroot()
ns = '{http://schemas.microsoft.com/windows/2004/02/mit/task}'
print(json.dumps({'root': task.tag, **{e.tag.replace(ns, ''): e.text for e in task.iter() if len(e) == 0}}))`

  it(`is well-formed, runs without a window and without an end, and begins again when it fails${python ? '' : ` (${NO_PYTHON})`}`, ({
    skip,
  }) => {
    if (!python) skip(NO_PYTHON)
    const task: unknown = JSON.parse(
      execFileSync('python3', ['-c', script, at('mailtide-task.xml')], { encoding: 'utf8' }),
    )
    expect(task).toMatchObject({
      root: '{http://schemas.microsoft.com/windows/2004/02/mit/task}Task',
      LogonType: 'S4U',
      RunLevel: 'LeastPrivilege',
      ExecutionTimeLimit: 'PT0S',
      MultipleInstancesPolicy: 'IgnoreNew',
      DisallowStartIfOnBatteries: 'false',
      StopIfGoingOnBatteries: 'false',
      Count: '999',
      Command: 'node.exe',
      Arguments: '"C:\\mailtide\\build\\mailtide.mjs" run',
    })
  })

  it('declares no encoding, which the scheduler would take at its word and refuse', () => {
    expect(read('mailtide-task.xml')).not.toContain('<?xml')
  })
})

describe('the container image', () => {
  const instructions = read('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))

  it('has a Dockerfile that a validator finds nothing in', () => {
    expect(validate(read('Dockerfile'))).toEqual([])
  })

  it('runs as a user of its own, collects dead processes, says how it is, and brings no development packages', () => {
    const text = instructions.join('\n')
    expect(text).toMatch(/^FROM node:24-[a-z]+-slim$/m)
    expect(text).toMatch(/^USER node$/m)
    expect(text).toMatch(/^ENTRYPOINT \["tini", "--", "node", "\/app\/build\/mailtide\.mjs"\]$/m)
    expect(text).toMatch(/^HEALTHCHECK .*\/health/m)
    expect(text).toMatch(/^VOLUME \/data$/m)
    expect(text).toMatch(/npm ci --omit=dev/)
    expect(text).not.toMatch(/^(ADD|EXPOSE|MAINTAINER) /m)
    expect(text).not.toMatch(/:latest|sudo|curl .*\|/)
    expect(text.match(/apt-get install/g)).toHaveLength(text.match(/rm -rf \/var\/lib\/apt\/lists/g)?.length ?? 0)
    // Whatever is written as root comes before.
    expect(text.indexOf('\nUSER ')).toBeGreaterThan(text.lastIndexOf('\nRUN '))
  })

  it('lets nothing into its context but what it copies', () => {
    const allowed = read('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = instructions
      .filter((line) => line.startsWith('COPY '))
      .flatMap((line) => line.split(/ +/).slice(1, -1))
      .filter((word) => !word.startsWith('--'))
    expect(copied.sort()).toEqual(allowed.sort())
    expect(read('Dockerfile.dockerignore').split('\n')).toContain('*')
  })

  it('has all that the command needs in what it copies', () => {
    const app = join(temp, 'app')
    for (const name of ['package.json', 'shared', 'electron', 'build']) {
      cpSync(join(root, name), join(app, name), { recursive: true })
    }
    // What `npm ci` and `prepare.mjs` put there.
    for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(app, name))
    const node = (...args: string[]) =>
      spawnSync(process.execPath, [join(app, 'build/mailtide.mjs'), ...args], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: temp, MAILTIDE_HOME: join(temp, 'home') },
      })
    expect(node('--version').stdout).toMatch(/^\d+\.\d+\.\d+/)
    // Loads the whole service.
    expect(node('accounts', 'list', '--json')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"accounts"'),
    })
  })

  it('is installed by root and run by somebody else, who can read all that a first start copies', () => {
    spawnSync(process.execPath, [join(root, 'build/prepare.mjs')])
    const database = join(root, 'dist/empty-database')
    const closed = [database, ...globSync('**/*', { cwd: database }).map((name) => join(database, name))].filter(
      (path) => {
        const { mode } = statSync(path)
        return (mode & 0o004) === 0 || (mode & 0o200) === 0
      },
    )
    expect(closed).toEqual([])
  })

  it('needs no development package at run time', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const imports = /(?:^|\n)import\s(?!type)[^'"]*?from '([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/g
    // A container never loads the desktop app, whose packages are bundled.
    const isDesktop = (file: string) => /electron[/\\](desktop[/\\]|main\.ts|preload\.ts)/.test(file)
    const files = globSync(['electron/**/*.ts', 'shared/**/*.ts'], { cwd: root }).filter((file) => !isDesktop(file))
    const wanted = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(imports)].map((match) => match[1] ?? match[2] ?? ''),
    )
    const packages = wanted
      .filter((name) => !isBuiltin(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    expect(packages.length).toBeGreaterThan(20)
    expect([...new Set(packages)].filter((name) => dependencies[name] === undefined)).toEqual([])
  })
})

/** The keys of https://github.com/compose-spec/compose-spec that are used here; any other is a slip. */
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string().regex(/^[a-z]+(:\d+)?$/),
      build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
      entrypoint: z.array(z.string()).optional(),
      command: z.array(z.string()).optional(),
      network_mode: z
        .string()
        .regex(/^service:\w+$/)
        .optional(),
      ports: z.array(z.string()).optional(),
      depends_on: z
        .record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) }))
        .optional(),
      environment: z.record(z.string(), z.string()).optional(),
      secrets: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      tmpfs: z.array(z.string()).optional(),
      healthcheck: z
        .union([
          z.strictObject({ disable: z.literal(true) }),
          z.strictObject({
            test: z.array(z.string()),
            interval: z.string(),
            timeout: z.string(),
            retries: z.int(),
          }),
        ])
        .optional(),
      read_only: z.boolean().optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
      mem_limit: z.string().optional(),
      stop_grace_period: z.string().optional(),
      restart: z.literal('unless-stopped'),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
})

describe('the compose file', () => {
  const compose = Compose.parse(parse(read('compose.yml'), { strict: true, merge: true }))
  const service = (name: string) => {
    const found = compose.services[name]
    if (found === undefined) throw new Error(`There is no service ${name}`)
    return found
  }

  it('refers to nothing that it does not define', () => {
    for (const entry of Object.values(compose.services)) {
      for (const name of Object.keys(entry.depends_on ?? {})) expect(compose.services).toHaveProperty(name)
      for (const name of entry.secrets ?? []) expect(compose.secrets).toHaveProperty(name)
      for (const volume of entry.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '')
      if (entry.network_mode !== undefined)
        expect(compose.services).toHaveProperty(entry.network_mode.slice('service:'.length))
      if (entry.build !== undefined) expect(resolve(at('.'), entry.build.context)).toBe(root)
    }
  })

  it('publishes the API to this computer only, through loopback inside the container', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports }]) =>
      (ports ?? []).map((port) => [name, port]),
    )
    expect(published).toEqual([['door', '127.0.0.1:8000:8080']])
    expect(service('mailtide').network_mode).toBe('service:door')
    expect(service('door').command).toEqual([expect.stringMatching(/^TCP-LISTEN:8080,fork/), 'TCP:127.0.0.1:8000'])
  })

  it('holds no secret itself', () => {
    expect(service('mailtide').environment).toMatchObject({
      MAILTIDE_PASSPHRASE_FILE: '/run/secrets/passphrase',
      DATABASE_URL: expect.stringContaining('${POSTGRES_PASSWORD:?'),
    })
    expect(service('postgres').environment?.['POSTGRES_PASSWORD']).toMatch(/^\$\{POSTGRES_PASSWORD:\?/)
  })

  it('keeps the data in a volume, everything else read-only, and waits for the database', () => {
    expect(service('mailtide')).toMatchObject({
      volumes: ['data:/data'],
      read_only: true,
      cap_drop: ['ALL'],
      depends_on: { postgres: { condition: 'service_healthy' } },
      stop_grace_period: '15s',
    })
  })
})
