import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What an AppImage begins with; its size is the offset of the files in it. */
export const RUNTIME_BYTES = 4096

/**
 * Lays out the two tools that electron-builder would fetch from GitHub, and gives the variables by which it takes these instead. Each is a
 * program of ours beside this file, run by this very Node.
 */
export async function makeFakeTools(folder: string): Promise<Readonly<Record<string, string>>> {
  const appImage = join(folder, 'appimage')
  await mkdir(join(appImage, 'runtimes'), { recursive: true })
  await mkdir(join(appImage, 'lib', 'x64'), { recursive: true })
  await writeFile(join(appImage, 'runtimes', 'runtime-x64'), Buffer.alloc(RUNTIME_BYTES, 'runtime '))
  await program(join(appImage, 'mksquashfs'), 'fake-mksquashfs.ts')
  // Looked for, never called.
  await writeFile(join(appImage, 'desktop-file-validate'), '')
  const fpm = join(folder, 'fpm')
  await program(fpm, 'fake-fpm.ts')
  return { CUSTOM_FPM_PATH: fpm, APPIMAGE_TOOLS_PATH: appImage }
}

async function program(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, script)}' "$@"\n`)
  await chmod(path, 0o755)
}
