import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeFakeTools } from './fake-tools.ts'
import { makeStubElectron } from './stub-electron.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..', '..')

/** What packing left behind. */
export interface Packed {
  /** The program's folder as it is installed. */
  readonly unpacked: string
  readonly resources: string
  /** The archive of our own code. */
  readonly asar: string
  readonly deb: string
  readonly appImage: string
  /** What an app that updates itself asks for. */
  readonly updateInfo: string
  /** What electron-builder said. */
  readonly said: string
}

/** Lays out below `folder` what packing reads, as it lies in a checkout with that `dist`, so that nobody's own or `release` is touched. */
export async function layOutProject(folder: string, dist: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'electron-builder.yml', 'LICENSE', 'build', 'docs/mailtide.1']) {
    await cp(join(root, name), join(folder, name), { recursive: true })
  }
  await cp(dist, join(folder, 'dist'), { recursive: true })
}

/**
 * Packs a laid out project for Linux by the real electron-builder.yml. A folder stands for Electron, and programs of ours for what
 * electron-builder fetches: nothing is downloaded.
 */
export async function pack(project: string): Promise<Packed> {
  const stub = join(project, 'electron')
  await makeStubElectron(stub, await electronVersion())
  const tools = await makeFakeTools(join(project, 'tools'))
  const targets = ['--linux', 'AppImage', 'deb', '--x64', '--publish', 'never']
  const { stdout, stderr } = await run(
    process.execPath,
    [join(root, 'node_modules', 'electron-builder', 'cli.js'), ...targets, `-c.electronDist=${stub}`],
    { cwd: project, env: { PATH: process.env['PATH'], HOME: project, NO_COLOR: '1', ...tools } },
  )
  const release = join(project, 'release')
  const names = await readdir(release)
  const artifact = (ending: string): string => {
    const name = names.find((candidate) => candidate.endsWith(ending))
    if (name === undefined) throw new Error(`There is no ${ending} among ${names.join(', ')}: ${stdout}${stderr}`)
    return join(release, name)
  }
  const unpacked = artifact('linux-unpacked')
  const resources = join(unpacked, 'resources')
  return {
    unpacked,
    resources,
    asar: join(resources, 'app.asar'),
    deb: artifact('.deb'),
    appImage: artifact('.AppImage'),
    updateInfo: artifact('latest-linux.yml'),
    said: `${stdout}${stderr}`,
  }
}

async function electronVersion(): Promise<string> {
  const text = await readFile(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
