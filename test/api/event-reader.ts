import { createParser } from 'eventsource-parser'

export interface HeardEvent {
  readonly name: string
  readonly id: string | undefined
  readonly data: unknown
}

/** Reads a stream of server-sent events at the test's own pace. */
export function createEventReader(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  const heard: HeardEvent[] = []
  const comments: string[] = []
  let lastId: string | undefined
  let retry: number | undefined
  const parser = createParser({
    onEvent: ({ event, id, data }) => heard.push({ name: event ?? 'message', id, data: JSON.parse(data) }),
    onComment: (comment) => comments.push(comment),
    onId: (id) => {
      lastId = id
    },
    onRetry: (ms) => {
      retry = ms
    },
  })
  return {
    comments,
    lastId: () => lastId,
    retry: () => retry,
    /** Takes one chunk; false at the end. */
    async read(): Promise<boolean> {
      const { done, value } = await reader.read()
      if (value !== undefined) parser.feed(decoder.decode(value, { stream: true }))
      return !done
    },
    /** The events heard since the last call. */
    take: (): readonly HeardEvent[] => heard.splice(0),
    /** Reads until that many events are there, and takes them all. */
    async takeSome(count: number): Promise<readonly HeardEvent[]> {
      while (heard.length < count && (await this.read()));
      return this.take()
    },
    cancel: () => reader.cancel(),
  }
}
