import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, matchesGlob, relative, resolve } from 'node:path'
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import type { BrowserWindowConstructorOptions } from 'electron'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageFolder } from '../../build/licences.ts'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import type { Snapshot } from '../../shared/status.ts'
import { builtApp } from '../support/built-app.ts'
import { type RunningApp, runningApp } from '../support/desktop.ts'
import { layOutProject, type Packed, pack } from '../support/packaging/pack.ts'
import { type Archive, type Deb, filesIn, openAppImage, openDeb } from '../support/packaging/read-packages.ts'
import { installPacked, type PackedApp } from '../support/packaging/run-packed.ts'
import { firstDay } from '../support/person.ts'

const root = join(import.meta.dirname, '..', '..')
const MB = 1_000_000
const hasChromium = existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')

let project: string
/** The bundles, where they were built: their source maps lead from there. */
let dist: string
let packed: Packed
let deb: Deb
let appImage: Archive

const desktopEntry = (text: string): Record<string, string> =>
  Object.fromEntries(text.split('\n').flatMap((line) => (line.includes('=') ? [line.split(/=(.*)/s).slice(0, 2)] : [])))

/** Debian packages are made and read by Debian's tools; the packages of other systems by those systems alone. */
const canPack = process.platform === 'linux' && existsSync('/usr/bin/dpkg-deb')

describe.skipIf(!canPack)('the packages for Linux', () => {
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'mailtide-pack-'))
    dist = join(await builtApp(), 'dist')
    await layOutProject(project, dist)
    packed = await pack(project)
    deb = openDeb(packed.deb)
    appImage = openAppImage(packed.appImage)
  }, 120_000)
  afterAll(async () => {
    await rm(project, { recursive: true, force: true, maxRetries: 5 })
  })

  const sizeOf = (folder: string): number =>
    filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)

  const asarFiles = (): string[] =>
    listPackage(packed.asar, { isPack: false })
      .map((name) => name.slice(1))
      .filter((name) => !('files' in entryOf(name)))

  interface Entry {
    readonly files?: Readonly<Record<string, Entry>>
    readonly integrity?: { readonly algorithm: string; readonly hash: string }
  }

  const entryOf = (name: string): Entry =>
    name
      .split('/')
      .reduce<Entry>((at, part) => at.files?.[part] ?? {}, getRawHeader(packed.asar).header as unknown as Entry)

  /** The modules that a bundle is made of, from its source maps. */
  const bundledModules = (): string[] => {
    const maps = filesIn(dist).filter((file) => /^(main|preload|renderer)\/.*\.map$/.test(file))
    const sources = maps.flatMap((file) => {
      const { sources: found } = JSON.parse(readFileSync(join(dist, file), 'utf8')) as { readonly sources: string[] }
      return found.map((source) => resolve(dist, file, '..', source))
    })
    return [...new Set(sources)]
  }

  describe('the archive of the packed app', () => {
    it('holds the files of the list and no others', () => {
      const lines = readFileSync(join(import.meta.dirname, 'app-files.txt'), 'utf8').split('\n')
      const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'))
      const found = asarFiles().map(
        (file) => patterns.find((pattern) => matchesGlob(file, pattern)) ?? `foreign: ${file}`,
      )
      expect(new Set(found)).toEqual(new Set(patterns))
    })

    it('is made of our own sources and of npm packages, never of tests or tools', () => {
      // What the bundler lets stand for packages that need not be there.
      const made = /^__vite-optional-peer-dep:/
      const foreign = bundledModules()
        .filter((path) => packageFolder(path) === null)
        .map((path) => relative(root, path))
        .filter((path) => !/^(electron|shared|renderer)\//.test(path) && !made.test(path))
      expect(bundledModules().length).toBeGreaterThan(100)
      expect(foreign).toEqual([])
    })

    it('says nothing of the computer on which it was built, and holds no key', () => {
      const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[\w+/=]{40}|GOCSPX-[\w-]{20}|AIza[\w-]{35}|ya29\.[\w-]{20}/
      const telling = asarFiles().filter((file) => {
        const text = extractFile(packed.asar, file).toString('latin1')
        return text.includes(root) || text.includes(project) || text.includes(dist) || secret.test(text)
      })
      expect(telling).toEqual([])
    })

    it('says what it is, and nothing of how it is made', () => {
      const manifest = JSON.parse(extractFile(packed.asar, 'package.json').toString()) as Record<string, unknown>
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
      expect(manifest).toMatchObject({
        name: 'mailtide',
        version,
        type: 'module',
        main: 'dist/main/main.js',
        desktopName: 'mailtide.desktop',
      })
      expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['devDependencies']))
      expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['scripts']))
    })

    it('carries a checksum of every file, which Electron compares', () => {
      for (const file of asarFiles()) expect(entryOf(file).integrity).toMatchObject({ algorithm: 'SHA256' })
    })
  })

  describe('beside the archive', () => {
    it('are the resources that cannot be inside, and what updates and packages need', () => {
      const outside = readdirSync(packed.resources).sort()
      expect(outside).toEqual([
        'app-update.yml',
        'app.asar',
        'apparmor-profile',
        'empty-database',
        'licenses',
        'package-type',
        'pglite',
        'tray',
      ])
      expect(readdirSync(join(packed.resources, 'licenses')).sort()).toEqual(['Mailtide.txt', 'THIRD-PARTY.txt'])
      for (const file of filesIn(join(packed.resources, 'tray'))) expect(file).toMatch(/\.(png|ico)$/)
    })

    it('are PGlite’s files and the empty database, whole and readable for everybody', () => {
      const npm = join(root, 'node_modules', '@electric-sql', 'pglite', 'dist')
      const pglite = ['initdb.wasm', 'pglite.data', 'pglite.wasm', 'unaccent.tar.gz']
      expect(filesIn(join(packed.resources, 'pglite'))).toEqual(pglite)
      for (const file of pglite) {
        expect(readFileSync(join(packed.resources, 'pglite', file)).equals(readFileSync(join(npm, file)))).toBe(true)
      }
      const database = join(packed.resources, 'empty-database')
      expect(filesIn(database)).toEqual(filesIn(join(dist, 'empty-database')))
      for (const file of filesIn(database)) expect(statSync(join(database, file)).mode & 0o444).toBe(0o444)
    })

    it('is no Node, no Electron of the npm package, no source map and no test', () => {
      const programs = filesIn(packed.resources).filter((file) => {
        const head = readFileSync(join(packed.resources, file)).subarray(0, 4).toString('latin1')
        return head === '\x7fELF' || head.startsWith('#!') || head.startsWith('MZ')
      })
      expect(programs).toEqual([])
      // PostgreSQL has files of that ending too.
      const forbidden = filesIn(packed.unpacked).filter((file) =>
        /(?<!\/pg_filenode)\.map$|\.tsx?$|\.test\.|(^|\/)(test|node_modules)(\/|$)|\.env|credential|token/i.test(file),
      )
      expect(forbidden).toEqual([])
    })

    it('are the licences of everything that is in the bundles', () => {
      const text = readFileSync(join(packed.resources, 'licenses', 'THIRD-PARTY.txt'), 'utf8')
      const folders = new Set(bundledModules().flatMap((path) => packageFolder(path) ?? []))
      expect(folders.size).toBeGreaterThan(50)
      for (const folder of folders) {
        const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
          string,
          string
        >
        expect(text).toContain(`\n${name} ${version}\nLicence: `)
      }
      expect(text).toContain('\nPostgreSQL as compiled into @electric-sql/pglite\n')
      expect(text).not.toContain(root)
    })
  })

  it('the package stays small', () => {
    expect(statSync(packed.asar).size).toBeLessThan(6 * MB)
    expect(sizeOf(packed.resources)).toBeLessThan(70 * MB)
  })

  it('Electron’s program has the fuses that leave it no other code to run than ours', async () => {
    const { version, ...fuses } = await getCurrentFuseWire(join(packed.unpacked, 'mailtide'))
    expect(version).toBe('1')
    const on = Object.entries(fuses).flatMap(([index, state]) =>
      state === FuseState.ENABLE ? [FuseV1Options[Number(index)]] : [],
    )
    expect(on).toEqual(['EnableCookieEncryption', 'EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'])
  })

  describe('the Debian package', () => {
    it('is named, described and dependent as Debian’s tools want it', () => {
      expect(deb.control).toMatch(/^Package: mailtide$/m)
      expect(deb.control).toMatch(/^Architecture: amd64$/m)
      expect(deb.control).toMatch(/^Section: mail$/m)
      expect(deb.control).toMatch(/^Depends: .*libgtk-3-0.*libsecret-1-0/m)
      expect(deb.control).not.toMatch(/^Recommends:/m)
      expect(deb.control).toMatch(/^Maintainer: [^<>]+ <[^<>@]+@[^<>@]+>$/m)
      expect(deb.control).toMatch(/^Description: A live, complete, searchable copy of your Gmail accounts$/m)
    })

    it('puts the app into the menu with its icons, and the command into the path with its manual', () => {
      expect(desktopEntry(deb.read('usr/share/applications/mailtide.desktop'))).toMatchObject({
        Name: 'Mailtide',
        Exec: '/opt/Mailtide/mailtide %U',
        Icon: 'mailtide',
        StartupWMClass: 'mailtide',
        Terminal: 'false',
        Categories: 'Network;Email;',
      })
      for (const size of [16, 32, 64, 128, 256, 512]) {
        expect(deb.files).toContain(`usr/share/icons/hicolor/${size}x${size}/apps/mailtide.png`)
      }
      expect(deb.postinst).toContain(
        `update-alternatives --install '/usr/bin/mailtide' 'mailtide' '/opt/Mailtide/mailtide'`,
      )
      expect(deb.postrm).toContain(`update-alternatives --remove 'mailtide' '/opt/Mailtide/mailtide'`)
      expect(deb.read('usr/share/man/man1/mailtide.1')).toMatch(/^\.TH MAILTIDE 1/m)
      expect(deb.read('usr/share/doc/mailtide/copyright')).toContain('MIT License')
    })

    it('keeps Chromium’s sandbox, also where AppArmor would forbid it', () => {
      expect(deb.read('opt/Mailtide/resources/apparmor-profile')).toMatch(
        /profile "mailtide" "\/opt\/Mailtide\/mailtide" flags=\(unconfined\) \{\s+userns,/,
      )
      expect(deb.postinst).toContain(`'/etc/apparmor.d/mailtide'`)
      expect(deb.postinst).toContain(`chmod 4755 '/opt/Mailtide/chrome-sandbox'`)
      expect(deb.files.filter((file) => file.startsWith('opt/Mailtide/'))).toEqual(
        filesIn(packed.unpacked).map((file) => `opt/Mailtide/${file}`),
      )
    })
  })

  describe('the AppImage', () => {
    it('starts the app, with its icon, in the sandbox wherever there is one', () => {
      expect(desktopEntry(appImage.read('mailtide.desktop'))).toMatchObject({
        Name: 'Mailtide',
        Exec: 'AppRun %U',
        Icon: 'mailtide',
        StartupWMClass: 'mailtide',
      })
      expect(appImage.read('AppRun')).toContain('BIN="$APPDIR/mailtide"')
      expect(appImage.files).toContain('usr/share/icons/hicolor/512x512/apps/mailtide.png')
      expect(statSync(packed.appImage).mode & 0o111).toBe(0o111)
    })

    it('holds the same app as the Debian package, but does not take itself for one', () => {
      expect(appImage.files).not.toContain('resources/package-type')
      expect(deb.read('opt/Mailtide/resources/package-type')).toBe('deb')
      const own = new Set(appImage.files)
      for (const file of filesIn(packed.resources)) {
        if (!['package-type', 'apparmor-profile'].includes(file)) expect(own).toContain(`resources/${file}`)
      }
    })
  })

  it('an app that updates itself finds what was built, with its checksum', () => {
    const info = parse(readFileSync(packed.updateInfo, 'utf8')) as {
      readonly files: readonly { readonly url: string; readonly sha512: string }[]
    }
    for (const [path, place] of [
      [packed.appImage, 0],
      [packed.deb, 1],
    ] as const) {
      const sha512 = createHash('sha512').update(readFileSync(path)).digest('base64')
      expect(info.files[place]).toMatchObject({ url: path.split('/').at(-1), sha512 })
    }
    expect(parse(appImage.read('resources/app-update.yml'))).toMatchObject({ provider: 'github', repo: 'mailtide' })
  })

  /** What was built is what runs. */
  describe.skipIf(!hasChromium)('a person with the packed app', () => {
    let google: Simulator
    let installed: PackedApp
    let home: string
    let app: RunningApp
    beforeAll(async () => {
      google = await startSimulator({})
      home = join(project, 'home')
      installed = installPacked(packed, join(project, 'installed'), {
        HOME: project,
        MAILTIDE_HOME: home,
        MAILTIDE_PORT: '0',
        MAILTIDE_PACING: 'off',
        MAILTIDE_MIN_FREE_BYTES: '0',
        MAILTIDE_GMAIL_ROOT_URL: google.url,
        MAILTIDE_OAUTH_URL: google.oauthUrl,
      })
    })
    afterAll(() => google.close())

    const paths = () => dataPaths(home)
    const start = async (...args: readonly string[]) => runningApp(await installed.launch(...args), paths())
    const person = firstDay(() => ({ name: 'packed', paths: paths(), start: () => start() }))
    for (const { name, run } of person) it(name, run, 120_000)

    it('adds an account by a command, and finds it in the app', async () => {
      const email = 'ada@example.test'
      fillMailbox(google.addMailbox(email), { count: 20, seed: 6 })
      const token = join(project, 'token.json')
      await writeFile(token, JSON.stringify(google.authorizedUser(email)))
      expect(await installed.command('--version')).toBe('0.1.0\n')
      expect(await installed.command('accounts', 'import-token', token)).toMatch(/^Added ada@example\.test\./)
      app = await start('--remote-debugging-port=0')
      await app.untilStatus(({ accounts }) => accounts[0]?.state === 'up_to_date')
      const status = JSON.parse(await installed.command('status', '--json')) as { sync_status: Snapshot }
      expect(status.sync_status).toMatchObject({
        host: { kind: 'desktop' },
        accounts: [{ email, demo: false, state: 'up_to_date', messages_stored: 20 }],
      })
      await app.untilTray(async () =>
        (await app.standIn.trayItems()).some(({ label }) => label === `${email}: Up to date`),
      )
      expect(await app.standIn.spy('external')).toEqual([])
    })

    it('has no tools for developers, whatever it was started with', async () => {
      expect(await app.evaluate(({ app: { commandLine } }) => commandLine.hasSwitch('remote-debugging-port'))).toBe(
        false,
      )
      const made = (await app.standIn.spy('calls')).flatMap(([name, options]) =>
        name === 'BrowserWindow' ? [(options as BrowserWindowConstructorOptions).webPreferences?.devTools] : [],
      )
      expect(made).toEqual([false])
      expect(await app.close()).toBe(0)
    })
  })

  it('electron-builder has nothing to complain of', () => {
    expect(packed.said).not.toMatch(/⨯|default Electron icon|is missed|is not set|doesn't match|deprecated/)
  })
})
