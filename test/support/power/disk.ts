import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../../electron/demo/random.ts'
import type { TraceEvent } from './trace.ts'

/** What a power cut leaves of anything smaller is the old or the new: disks write sectors whole. */
const SECTOR = 512

type DataChange =
  | { readonly offset: number; readonly data: Buffer }
  | { readonly size: number; readonly grows: boolean }

interface FileNode {
  readonly kind: 'file'
  /** As of its last fsync. */
  durable: Buffer
  /** Since then. */
  pending: DataChange[]
  /** As the process sees it. */
  size: number
}
interface FolderNode {
  readonly kind: 'folder'
  readonly entries: Map<string, Node>
  readonly durable: Map<string, Node>
}
type Node = FileNode | FolderNode

/** A name made, moved or removed, and not yet sure to be on the disk. A rename happens as a whole or not at all. */
interface NameChange {
  readonly folder: FolderNode
  readonly name: string
  readonly node: Node | null
  readonly from?: { readonly folder: FolderNode; readonly name: string }
}

/**
 * A folder as a disk keeps it that promises no more than POSIX does (https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html):
 * bytes are sure after an fsync of their file, names after an fsync of their folder, and of everything since then a power cut
 * leaves any part, in any order, with writes torn between sectors.
 */
export class Disk {
  readonly #root: string
  readonly #tree: FolderNode
  readonly #standing = new Map<number, number>()
  readonly #syncing = new Map<string, readonly unknown[]>()
  #names: NameChange[] = []

  /** `folder` as it is now, taken as safely on the disk; later events tell of it as `root`. */
  constructor(folder: string, root: string = folder) {
    this.#root = root
    this.#tree = load(folder)
  }

  /** Changes not yet sure to be on the disk. */
  get pending(): number {
    const count = (node: Node): number =>
      node.kind === 'file'
        ? node.pending.length
        : [...node.entries.values()].reduce((sum, each) => sum + count(each), 0)
    return this.#names.length + count(this.#tree)
  }

  apply(event: TraceEvent): void {
    switch (event.kind) {
      case 'open':
        this.#open(event)
        return
      case 'write': {
        const file = this.#file(event.path)
        const offset = event.offset ?? this.#standing.get(event.fd) ?? 0
        if (event.offset === null) this.#standing.set(event.fd, offset + event.data.length)
        if (file === null) return
        file.pending.push({ offset, data: event.data })
        file.size = Math.max(file.size, offset + event.data.length)
        return
      }
      case 'truncate':
      case 'extend': {
        const file = this.#file(event.path)
        if (file === null || (event.kind === 'extend' && file.size >= event.size)) return
        file.pending.push({ size: event.size, grows: event.kind === 'extend' })
        file.size = event.size
        return
      }
      case 'mkdir':
        this.#name(event.path, { kind: 'folder', entries: new Map(), durable: new Map() })
        return
      case 'unlink':
      case 'rmdir':
        this.#name(event.path, null)
        return
      case 'rename':
        this.#rename(event.from, event.to)
        return
      case 'link': {
        const node = this.#node(event.from)
        if (node !== null) this.#name(event.to, node)
        return
      }
      case 'sync-begin': {
        const node = this.#node(event.path)
        if (node !== null) this.#syncing.set(event.call, [node, ...(node.kind === 'file' ? node.pending : this.#names)])
        return
      }
      case 'sync-end': {
        const [node, ...changes] = this.#syncing.get(event.call) ?? []
        this.#syncing.delete(event.call)
        if (node !== undefined) this.#settle(node as Node, new Set(changes))
      }
    }
  }

  #open(event: TraceEvent & { readonly kind: 'open' }): void {
    const at = this.#place(event.path)
    if (at === null) return
    if (event.creates && !at.folder.entries.has(at.name)) {
      this.#name(event.path, { kind: 'file', durable: Buffer.alloc(0), pending: [], size: 0 })
    }
    const file = this.#file(event.path)
    if (file === null) return
    if (event.truncates && file.size > 0) {
      file.pending.push({ size: 0, grows: false })
      file.size = 0
    }
    this.#standing.set(event.fd, event.appends ? file.size : 0)
  }

  #name(path: string, node: Node | null): void {
    const at = this.#place(path)
    if (at === null) return
    if (node === null) at.folder.entries.delete(at.name)
    else at.folder.entries.set(at.name, node)
    this.#names.push({ ...at, node })
  }

  #rename(from: string, to: string): void {
    const source = this.#place(from)
    const target = this.#place(to)
    const node = source?.folder.entries.get(source.name)
    if (source === null || target === null || node === undefined) return
    source.folder.entries.delete(source.name)
    target.folder.entries.set(target.name, node)
    this.#names.push({ ...target, node, from: source })
  }

  #settle(node: Node, changes: ReadonlySet<unknown>): void {
    if (node.kind === 'file') {
      const sure = node.pending.filter((change) => changes.has(change))
      node.durable = written(node.durable, sure, true)
      node.pending = node.pending.filter((change) => !changes.has(change))
      return
    }
    const isSure = (change: NameChange) => changes.has(change) && change.folder === node
    for (const change of this.#names.filter(isSure)) take(change, (folder) => folder.durable)
    this.#names = this.#names.filter((change) => !isSure(change))
  }

  /** Writes the folder as a power cut may leave it now into `target`, which must not exist. Gives what became of the changes. */
  cut(random: Random, target: string): { readonly kept: number; readonly dropped: number; readonly torn: number } {
    const tally = { kept: 0, dropped: 0, torn: 0 }
    // Nothing, everything, or any part of what was not synced: names and bytes each for themselves.
    const likely = () => [0, 1, 0.5, 0.1, 0.9][random.int(5)] ?? 0.5
    const [names, bytes] = [likely(), likely()]
    const survives = (likelihood: number): boolean => {
      const is = likelihood === 1 || (likelihood > 0 && random.chance(likelihood))
      tally[is ? 'kept' : 'dropped']++
      return is
    }
    const left = new Map<FolderNode, Map<string, Node>>()
    const entriesOf = (folder: FolderNode): Map<string, Node> => {
      const known = left.get(folder) ?? new Map(folder.durable)
      left.set(folder, known)
      return known
    }
    for (const change of this.#names) if (survives(names)) take(change, entriesOf)
    const content = (file: FileNode): Buffer => {
      const kept = file.pending.flatMap((change): DataChange[] => {
        if (!survives(bytes)) return []
        if (!('data' in change) || change.data.length <= SECTOR || bytes === 1 || !random.chance(0.1)) return [change]
        tally.torn++
        return tear(change, random)
      })
      return kept.length === 0 ? file.durable : written(file.durable, kept)
    }
    const write = (folder: FolderNode, path: string): void => {
      mkdirSync(path, { mode: 0o700 })
      for (const [name, node] of entriesOf(folder)) {
        if (node.kind === 'folder') write(node, join(path, name))
        else writeFileSync(join(path, name), content(node), { mode: 0o600 })
      }
    }
    write(this.#tree, target)
    return tally
  }

  /** Null outside the folder, and where a folder on the way has gone. */
  #place(path: string): { readonly folder: FolderNode; readonly name: string } | null {
    if (!path.startsWith(`${this.#root}/`)) return null
    const names = path
      .slice(this.#root.length + 1)
      .split('/')
      .filter((name) => name !== '' && name !== '.')
    const name = names.pop()
    if (name === undefined) return null
    let folder = this.#tree
    for (const each of names) {
      const next = folder.entries.get(each)
      if (next?.kind !== 'folder') return null
      folder = next
    }
    return { folder, name }
  }

  #node(path: string): Node | null {
    if (path === this.#root || path === `${this.#root}/`) return this.#tree
    const at = this.#place(path)
    return at?.folder.entries.get(at.name) ?? null
  }

  #file(path: string): FileNode | null {
    const node = this.#node(path)
    return node?.kind === 'file' ? node : null
  }
}

function take({ folder, name, node, from }: NameChange, entriesOf: (folder: FolderNode) => Map<string, Node>): void {
  if (node === null) entriesOf(folder).delete(name)
  else entriesOf(folder).set(name, node)
  if (from !== undefined && entriesOf(from.folder).get(from.name) === node) entriesOf(from.folder).delete(from.name)
}

/** The sectors of a write that reached the disk: any of them. */
function tear({ offset, data }: { readonly offset: number; readonly data: Buffer }, random: Random): DataChange[] {
  const sectors = Math.ceil(data.length / SECTOR)
  const isPrefix = random.chance(0.5)
  const first = random.int(sectors)
  return Array.from({ length: sectors }, (_, sector) => sector)
    .filter((sector) => (isPrefix ? sector < first : random.chance(0.5)))
    .map((sector) => ({
      offset: offset + sector * SECTOR,
      data: data.subarray(sector * SECTOR, (sector + 1) * SECTOR),
    }))
}

function written(before: Buffer, changes: readonly DataChange[], inPlace = false): Buffer {
  let size = before.length
  let longest = size
  for (const change of changes) {
    if ('data' in change) size = Math.max(size, change.offset + change.data.length)
    else size = change.grows ? Math.max(size, change.size) : change.size
    longest = Math.max(longest, size)
  }
  // A log segment keeps its length over thousands of fsyncs.
  const bytes = inPlace && longest <= before.length ? before : Buffer.alloc(longest)
  if (bytes !== before) before.copy(bytes)
  let end = before.length
  for (const change of changes) {
    if ('data' in change) {
      change.data.copy(bytes, change.offset)
      end = Math.max(end, change.offset + change.data.length)
    } else if (change.grows) end = Math.max(end, change.size)
    else {
      if (change.size < end) bytes.fill(0, change.size, end)
      end = change.size
    }
  }
  return bytes.subarray(0, end)
}

function load(folder: string): FolderNode {
  const entries = new Map<string, Node>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) entries.set(entry.name, load(path))
    else if (entry.isFile()) {
      const durable = readFileSync(path)
      entries.set(entry.name, { kind: 'file', durable, pending: [], size: durable.length })
    }
  }
  return { kind: 'folder', entries, durable: new Map(entries) }
}
