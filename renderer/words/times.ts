import type { Formats } from '../format.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Moments and spans in words. No "x minutes ago": it would tick. */
export function timeWords(format: Formats) {
  const counted = (value: number, one: string, many: string): string =>
    `${format.number(value)} ${value === 1 ? one : many}`

  const hoursAndMinutes = (seconds: number): string => {
    const hours = Math.floor(seconds / HOUR)
    const minutes = Math.round((seconds % HOUR) / MINUTE)
    if (hours === 0) return `${format.number(minutes)} min`
    return minutes === 0 ? `${format.number(hours)} h` : `${format.number(hours)} h ${format.number(minutes)} min`
  }

  return {
    counted,
    /** `14:22`, `yesterday, 18:04`, `3 November, 09:12`. */
    when: (at: Date, now: Date): string => {
      switch (format.daysBefore(at, now)) {
        case 0:
          return format.time(at)
        case 1:
          return `yesterday, ${format.time(at)}`
        case -1:
          return `tomorrow, ${format.time(at)}`
        default:
          return `${format.day(at, now)}, ${format.time(at)}`
      }
    },
    full: (at: Date): string => format.full(at),
    /** `3:42`, from an hour on `1:03:42`. */
    countdown: (seconds: number): string => {
      const left = Math.max(0, Math.ceil(seconds))
      const two = (value: number): string => String(value).padStart(2, '0')
      const [hours, minutes] = [Math.floor(left / HOUR), Math.floor((left % HOUR) / MINUTE)]
      return hours === 0 ? `${minutes}:${two(left % MINUTE)}` : `${hours}:${two(minutes)}:${two(left % MINUTE)}`
    },
    /** How long something still takes, as coarse as the guess is. */
    left: (seconds: number): string => {
      if (seconds < MINUTE) return 'less than a minute left'
      const step = seconds <= HOUR ? MINUTE : seconds <= 3 * HOUR ? 5 * MINUTE : 15 * MINUTE
      const rounded = Math.round(seconds / step) * step
      if (rounded < DAY) return `about ${hoursAndMinutes(rounded)} left`
      return `about ${counted(Math.round(seconds / DAY), 'day', 'days')} left`
    },
    /** How long something took: `6 s`, `4 min 10 s`, `2 h 5 min`. */
    took: (seconds: number): string => {
      const whole = Math.round(seconds)
      if (whole < 1) return 'less than 1 s'
      if (whole < MINUTE) return `${format.number(whole)} s`
      if (whole >= HOUR) return hoursAndMinutes(whole)
      const rest = whole % MINUTE
      const minutes = `${format.number(Math.floor(whole / MINUTE))} min`
      return rest === 0 ? minutes : `${minutes} ${format.number(rest)} s`
    },
    /** Of an interval: `1 minute`, `90 minutes`. */
    minutes: (minutes: number): string => counted(minutes, 'minute', 'minutes'),
  }
}
