import { createHash } from 'node:crypto'
import { connect } from 'node:net'

/** What one reader of events heard. */
export interface Heard {
  readonly events: Readonly<Record<string, number>>
  /** Digest of all log lines in order: readers that missed nothing agree. */
  readonly logs: string
  readonly revisions: { readonly last: number; readonly isRising: boolean }
}

/** Readers of events in a process of their own, so that their cost is not the product's: `PORT TOKEN COUNT`. The first reads nothing. */
if (process.send !== undefined && process.argv[2] !== undefined) {
  const [port = '', token = '', count = ''] = process.argv.slice(2)
  const readers = Array.from({ length: Number(count) }, (_, n) => read(Number(port), token, n === 0))
  process.on('message', () => process.send?.(readers.slice(1).map((reader) => reader())))
}

function read(port: number, token: string, isStuck: boolean): () => Heard {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `GET /api/v1/events?kinds=status,cycle,log&level=debug&lines=5000 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const events: Record<string, number> = {}
  const logs = createHash('sha256')
  const revisions = { last: -1, isRising: true }
  let rest = ''
  if (isStuck) socket.pause()
  else {
    socket.setEncoding('utf8').on('data', (text: string) => {
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, name] = /^event: (\w+)$/m.exec(block) ?? []
        if (name === undefined) continue
        events[name] = (events[name] ?? 0) + 1
        if (name === 'log') logs.update(/^data: (.*)$/m.exec(block)?.[1] ?? '')
        if (name !== 'status') continue
        const revision = Number(/"revision":(\d+)/.exec(block)?.[1])
        revisions.isRising &&= revision > revisions.last
        revisions.last = revision
      }
    })
  }
  return () => ({ events, logs: logs.copy().digest('hex'), revisions })
}
