import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../platform/temp-home.ts'

const oldNode = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })"
const echo = `
process.on('SIGTERM', () => process.exit(7))
console.log(process.argv.slice(2).join(' '))
if (process.argv[2] === 'run') setInterval(() => {}, 1000)
else process.exitCode = 3
`

/** A checkout in which the command only repeats its arguments. */
async function checkout(): Promise<string> {
  const folder = await tempFolder()
  await mkdir(join(folder, 'build'))
  await mkdir(join(folder, 'electron', 'cli'), { recursive: true })
  await copyFile(join(import.meta.dirname, '../../build/mailtide.mjs'), join(folder, 'build', 'mailtide.mjs'))
  await writeFile(join(folder, 'electron', 'cli', 'bin.ts'), echo)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

/** Runs the npm bin as this Node, or as one that says it is old. */
function start(folder: string, old: boolean, args: readonly string[]) {
  const disguise = old ? ['--import', `data:text/javascript,${encodeURIComponent(oldNode)}`] : []
  const child = spawn(process.execPath, [...disguise, join(folder, 'build', 'mailtide.mjs'), ...args])
  let out = ''
  let err = ''
  child.stderr.on('data', (data) => {
    err += data
  })
  const spoke = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      out += data
      resolve()
    })
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }))
  })
  return { child, spoke, ended }
}

async function addBundledNode(folder: string): Promise<void> {
  const bin = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  await mkdir(bin, { recursive: true })
  await symlink(process.execPath, join(bin, 'node'))
}

it('the command runs the sources in a clone, which are never stale, and the bundle in a package, which has no others', async () => {
  const folder = await checkout()
  await mkdir(join(folder, 'dist', 'main'), { recursive: true })
  await writeFile(join(folder, 'dist', 'main', 'cli.js'), "console.log('built')")
  expect(await start(folder, false, ['status', '--json']).ended).toMatchObject({ code: 3, out: 'status --json\n' })
  await rm(join(folder, 'electron'), { recursive: true })
  expect(await start(folder, false, ['status']).ended).toMatchObject({ code: 0, out: 'built\n' })
})

it('an old Node is told so, with the version that is needed', async () => {
  expect(await start(await checkout(), true, ['status']).ended).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/Node 22\.18 or newer is needed; this is Node 20\.20\.2\n.*Install/),
  })
})

it.runIf(process.platform !== 'win32')(
  'an old Node hands over to the one npm installed, with signals and exit code',
  async () => {
    const folder = await checkout()
    await addBundledNode(folder)
    expect(await start(folder, true, ['status', '--json']).ended).toMatchObject({ code: 3, out: 'status --json\n' })
    const running = start(folder, true, ['run'])
    await running.spoke
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(7)
  },
)

it.runIf(process.platform === 'linux')(
  'compiled code is remembered in the user’s own cache folder, and nothing is amiss where there is none',
  async () => {
    const folder = await checkout()
    const cache = await tempFolder()
    const run = (env: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, [join(folder, 'build', 'mailtide.mjs'), 'status'], { env, encoding: 'utf8' })
    expect(run({ XDG_CACHE_HOME: cache })).toMatchObject({ status: 3, stdout: 'status\n', stderr: '' })
    expect(await readdir(join(cache, 'mailtide', 'compiled'))).toHaveLength(1)
    expect(run({ HOME: '/dev/null' })).toMatchObject({ status: 3, stdout: 'status\n', stderr: '' })
    expect(run({ HOME: folder, XDG_CACHE_HOME: 'relative' })).toMatchObject({ status: 3, stderr: '' })
    expect(await readdir(join(folder, '.cache', 'mailtide'))).toEqual(['compiled'])
  },
)

it('a user without a home, as a bare number in a container, can run the command all the same', async () => {
  const folder = await checkout()
  const homeless = `
    import { syncBuiltinESMExports } from 'node:module'
    import os from 'node:os'
    os.homedir = () => { throw new Error('uv_os_homedir returned ENOENT') }
    syncBuiltinESMExports()`
  const disguise = ['--import', `data:text/javascript,${encodeURIComponent(homeless)}`]
  const run = (file: string, word: string) =>
    spawnSync(process.execPath, [...disguise, file, word], { env: {}, encoding: 'utf8' })
  const file = join(folder, 'build', 'mailtide.mjs')
  expect(run(file, 'status')).toMatchObject({ status: 3, stdout: 'status\n', stderr: '' })
  const real = join(import.meta.dirname, '../../build/mailtide.mjs')
  expect(run(real, 'help')).toMatchObject({ status: 0, stderr: '' })
  expect(run(real, 'status')).toMatchObject({ status: 4, stderr: expect.stringContaining('Set MAILTIDE_HOME') })
  expect(run(real, 'check')).toMatchObject({ status: 3, stdout: expect.stringContaining('MAILTIDE UNKNOWN - ') })
})

it.runIf(process.platform === 'linux')('a full disk behind a redirection is a failure, told in a line', async () => {
  const full = openSync('/dev/full', 'w')
  const real = join(import.meta.dirname, '../../build/mailtide.mjs')
  const { status, stderr } = spawnSync(process.execPath, [real, 'help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect(status).toBe(1)
  expect(stderr).toMatch(/^mailtide: The output cannot be written: ENOSPC.*\n$/)
})

it('the package holds the bundle and what it needs, and no source that Node refuses to run there', () => {
  const root = join(import.meta.dirname, '../..')
  const { files, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly files: readonly string[]
    readonly scripts: Readonly<Record<string, string>>
  }
  expect(files).toEqual(
    expect.arrayContaining(['build/mailtide.mjs', 'dist/main', 'dist/empty-database', 'docs/mailtide.1']),
  )
  expect(files.filter((name) => name.startsWith('electron') || name.endsWith('.ts'))).toEqual([])
  expect(scripts['prepack']).toBe('vite build --app')
})
