import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { isNoRoom } from '../../../shared/no-room.ts'

type Init = NodeFS['init']

interface FsNode {
  name: string
  readonly parent: FsNode
}
interface FsStream {
  readonly nfd?: number
  readonly node: FsNode
}
/** The part of Emscripten's node file system we lean on: https://github.com/emscripten-core/emscripten/blob/main/src/lib/libnodefs.js */
interface EmscriptenNodeFs {
  realPath(node: FsNode): string
  /** Does `work`, and throws errors of Node's file system as Emscripten's own. */
  tryFSOperation<T>(work: () => T): T
  /** Emscripten's errno for an error of Node's file system; undefined for one that it does not know. */
  convertNodeCode(error: { readonly code: string }): number | undefined
  readonly stream_ops: { fsync?: (stream: FsStream) => number | undefined }
  readonly node_ops: {
    mknod(parent: FsNode, name: string, mode: number, dev: number): FsNode
    setattr(node: FsNode, attributes: { readonly mode?: number }): void
    rename(node: FsNode, newParent: FsNode, newName: string): void
    unlink(parent: FsNode, name: string): void
    rmdir(parent: FsNode, name: string): void
    symlink(parent: FsNode, name: string, target: string): void
  }
}

// Postgres asks for 0600 mostly, but not always; mail is nobody else's business
const ownerOnly = ~0o077
const EIO = 29 // Emscripten's errno, from WASI: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno

/**
 * PGlite's folder with real fsync. As shipped, no fsync of Postgres reaches the disk (electric-sql/pglite#1107); here
 * every one does, and folders in which a name was made, moved or removed are synced before the next fsync returns, so
 * that an acknowledged commit also finds its files after a power cut.
 */
export class DurableNodeFs extends NodeFS {
  /** How many fsyncs Postgres asked for: the driver checks that a commit raises it before it calls the store durable. */
  syncs = 0
  readonly #unsynced = new Set<string>()

  override async init(...args: Parameters<Init>): ReturnType<Init> {
    const result = await super.init(...args)
    result.emscriptenOpts.preRun ??= []
    result.emscriptenOpts.preRun.push((mod) => this.#hook(mod.NODEFS as unknown as EmscriptenNodeFs))
    return result
  }

  #hook(nodefs: EmscriptenNodeFs): void {
    const { node_ops: ops, convertNodeCode, tryFSOperation } = nodefs
    nodefs.tryFSOperation = (work) =>
      tryFSOperation(() => {
        try {
          return work()
        } catch (error) {
          throw asPostgresKnowsIt(error)
        }
      })
    // What has no number would count as success.
    nodefs.convertNodeCode = (error) => convertNodeCode(error) ?? EIO
    const { mknod, setattr, rename, unlink, rmdir, symlink } = ops
    const changed = (folder: FsNode) => this.#unsynced.add(nodefs.realPath(folder))
    ops.mknod = (parent, name, mode, dev) => {
      const node = mknod(parent, name, mode & ownerOnly, dev)
      changed(parent)
      return node
    }
    ops.setattr = (node, attributes) => {
      const { mode } = attributes
      setattr(node, mode === undefined ? attributes : { ...attributes, mode: mode & ownerOnly })
    }
    ops.rename = (node, newParent, newName) => {
      changed(node.parent)
      rename(node, newParent, newName)
      changed(newParent)
    }
    ops.unlink = (parent, name) => {
      unlink(parent, name)
      changed(parent)
    }
    ops.rmdir = (parent, name) => {
      this.#unsynced.delete(resolve(nodefs.realPath(parent), name))
      rmdir(parent, name)
      changed(parent)
    }
    ops.symlink = (parent, name, target) => {
      symlink(parent, name, target)
      changed(parent)
    }
    nodefs.stream_ops.fsync = (stream) => {
      this.syncs++
      try {
        if (stream.nfd === undefined) syncFolder(nodefs.realPath(stream.node))
        else fsyncSync(stream.nfd)
        for (const folder of this.#unsynced) syncFolder(folder)
        this.#unsynced.clear()
        return 0
      } catch (error) {
        // Postgres treats a failed fsync of its log as a panic, as it should. Where writing is put off, room may be missing only now.
        return isNoRoom(error) ? nodefs.convertNodeCode({ code: 'ENOSPC' }) : EIO
      }
    }
  }
}

/**
 * Postgres knows a full disk and no quota, and an error that cannot be told from others would be taken for a wrong argument. On Windows
 * Emscripten has its reasons for that.
 */
function asPostgresKnowsIt(error: unknown): unknown {
  if (isNoRoom(error)) return Object.assign(new Error('No space left', { cause: error }), { code: 'ENOSPC' })
  const { code } = error as NodeJS.ErrnoException
  const isUnknown = code === 'UNKNOWN' && process.platform !== 'win32'
  return isUnknown ? Object.assign(new Error('I/O error', { cause: error }), { code: 'EIO' }) : error
}

/** Makes the names in a folder survive a power cut. Where folders cannot be synced (Windows, some network drives) it does nothing. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (isNoRoom(error) || (error as NodeJS.ErrnoException).code === 'EIO') throw error
  }
}

/** Syncs the folder that names this path. */
export function syncParent(path: string): void {
  syncFolder(dirname(resolve(path)))
}
