import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the heaps of a program that runs for weeks small. Mail passes through as short-lived garbage, for which V8 would grow the young
 * generation of each of the three threads to its full size and keep it: 150 MB that buy nothing measurable. Worker threads take the limit
 * when they start; the main thread, whose heap exists already, stops growing where it is. Workers begin with half of the limit: with the
 * megabyte that V8 begins with, and that they would be left with, the young generation is collected every six mails, each time with a
 * rendezvous of threads for which there are no processors left.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString('--max-semi-space-size=8')
  setFlagsFromString('--min-semi-space-size=4')
  setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), 1_500).unref()
}
