import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { RUNTIME_BYTES } from './fake-tools.ts'

/** A package, whose files are read out of it when they are asked for. */
export interface Archive {
  /** Every file and link, from the package's root. */
  readonly files: readonly string[]
  read(file: string): string
}

export interface Deb extends Archive {
  readonly control: string
  readonly postinst: string
  readonly postrm: string
}

export function openDeb(deb: string): Deb {
  const scripts = tarOf(`dpkg-deb --ctrl-tarfile '${deb}'`)
  return {
    ...tarOf(`dpkg-deb --fsys-tarfile '${deb}'`),
    control: scripts.read('control'),
    postinst: scripts.read('postinst'),
    postrm: scripts.read('postrm'),
  }
}

/** Of an AppImage whose files are a tar, as `fake-mksquashfs.ts` makes them. */
export const openAppImage = (appImage: string): Archive => tarOf(`tail --bytes=+${RUNTIME_BYTES + 1} '${appImage}'`)

function tarOf(source: string): Archive {
  const tar = (words: string): string =>
    execFileSync('sh', ['-c', `${source} 2>&1 | tar ${words}`], { encoding: 'utf8', maxBuffer: 50_000_000 })
  const names = tar('--list').split('\n')
  return {
    files: names.flatMap((name) => (name === '' || name.endsWith('/') ? [] : [name.replace(/^\.\//, '')])).sort(),
    read: (file) => tar(`--extract --to-stdout './${file}'`),
  }
}

/** Every file and link below a folder, as paths from there. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
