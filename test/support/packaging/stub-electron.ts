import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Before the fuses in Electron's program (https://github.com/electron/fuses): found by whoever flips or reads them. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** As Electron 45 ships them: version 1, nine fuses; `1` is on, `0` off. */
const FACTORY_FUSES = '101000010'

/** What Electron's folder for Linux holds beside its program, as far as packing looks at it. */
const others = [
  'LICENSE',
  'LICENSES.chromium.html',
  'chrome-sandbox',
  'chrome_100_percent.pak',
  'chrome_crashpad_handler',
  'icudtl.dat',
  'libffmpeg.so',
  'locales/de.pak',
  'locales/en-US.pak',
  'resources.pak',
  'v8_context_snapshot.bin',
]

/** Makes a folder that electron-builder takes for Electron: everything in it is there, and nothing of it runs. */
export async function makeStubElectron(folder: string, version: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true })
  const fuses = String.fromCharCode(1, FACTORY_FUSES.length)
  await writeFile(join(folder, 'electron'), `#!/bin/sh\nexit 1\n${SENTINEL}${fuses}${FACTORY_FUSES}\n`)
  await writeFile(join(folder, 'version'), version)
  for (const name of others) await writeFile(join(folder, name), `stands for ${name}\n`)
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) await chmod(join(folder, name), 0o755)
}
