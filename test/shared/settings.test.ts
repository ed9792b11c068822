import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultSettings,
  envNames,
  flagName,
  parseSetting,
  settingNames,
  settingSchema,
  settingsTable,
  toWire,
  WireSettings,
  wireName,
} from '../../shared/settings.ts'

describe.each(settingNames)('the setting %s', (name) => {
  const setting = settingsTable[name]

  it('has a default that its own limits allow, and that text can say', () => {
    expect(settingSchema(setting).parse(setting.default)).toBe(setting.default)
    expect(parseSetting(setting, String(setting.default))).toBe(setting.default)
  })

  it('says what it does in one sentence', () => {
    expect(setting.effect).toMatch(/^[A-Z][^\n]+\.$/)
  })
})

it('has one name for each place', () => {
  expect(wireName('maxInFlightBytes')).toBe('max_in_flight_bytes')
  expect(flagName('maxInFlightBytes')).toBe('--max-in-flight-bytes')
  expect(envNames('maxInFlightBytes')).toEqual(['MAILTIDE_MAX_IN_FLIGHT_BYTES'])
  expect(envNames('apiPort')).toEqual(['MAILTIDE_API_PORT', 'MAILTIDE_PORT'])
})

it('goes over the wire in snake_case, whole', () => {
  const wire = toWire(defaultSettings)
  expect(wire.interval_minutes).toBe(5)
  expect(WireSettings.parse(wire)).toEqual(wire)
  expect(Object.keys(wire)).toHaveLength(settingNames.length)
})

it('reads whole numbers written in decimal digits and nothing else', () => {
  const interval = settingsTable.intervalMinutes
  fc.assert(
    fc.property(fc.integer({ min: -10, max: 3_000 }), (n) => {
      expect(parseSetting(interval, String(n))).toBe(n >= 1 && n <= 1440 ? n : undefined)
    }),
  )
  for (const text of ['', '5.0', '+5', '5m', '٥', '5e0', '0b1', 'Infinity', 'NaN', '99999999999999999999']) {
    expect(parseSetting(interval, text)).toBeUndefined()
  }
  expect(parseSetting(interval, ' 15 ')).toBe(15)
})

it('reads yes and no as people write them', () => {
  const flag = settingsTable.requireToken
  for (const text of ['true', 'YES', 'on', '1']) expect(parseSetting(flag, text)).toBe(true)
  for (const text of ['false', 'No', 'off', '0']) expect(parseSetting(flag, text)).toBe(false)
  for (const text of ['', '2', 'constructor', 'yes!']) expect(parseSetting(flag, text)).toBeUndefined()
})
