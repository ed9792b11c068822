import type { EventEmitter } from 'node:events'

/** What an implementation has of Electron's type; events apart, whose overloads an emitter cannot have. */
type Fits<Impl, Real> = {
  [Key in Exclude<keyof Impl & keyof Real, keyof EventEmitter>]: object extends Pick<Real, Key>
    ? Real[Key] | undefined
    : Real[Key]
}
/** Nothing that Electron has not: product code must not come to lean on it. */
type OnlyKnown<Impl, Real> = [Exclude<keyof Impl, keyof Real | keyof EventEmitter>] extends [never] ? unknown : never

/**
 * An object that stands for one of Electron's. What it has must fit Electron's own types, so that an upgrade breaks it loudly; what it
 * has not throws when it is touched: silence is never an answer. `isGone` says that Electron would have destroyed the object.
 */
export function standInFor<Real>() {
  return <Impl extends object>(
    name: string,
    impl: Impl & Fits<Impl, Real> & OnlyKnown<Impl, Real>,
    isGone: () => boolean = () => false,
  ): Real => strict(name, impl, isGone) as unknown as Real
}

/** Answered even by a destroyed object: its JavaScript half lives on. */
const afterEnd: ReadonlySet<string> = new Set(['isDestroyed', 'on', 'once', 'off', 'emit', 'addListener'])

function strict<Impl extends object>(name: string, impl: Impl, isGone: () => boolean): Impl {
  return new Proxy(impl, {
    get(target, key) {
      if (typeof key === 'string') {
        if (isGone() && !afterEnd.has(key) && !/listener/i.test(key)) throw new TypeError('Object has been destroyed')
        if (!(key in target) && !isLanguage(key)) throw missing(name, key)
      }
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set(target, key, value) {
      if (typeof key === 'string' && !(key in target) && !isLanguage(key)) throw missing(name, key)
      return Reflect.set(target, key, value, target)
    },
  })
}

/** What the language, Node and test tools ask of any object. */
const isLanguage = (key: string): boolean =>
  key.startsWith('_') || ['then', 'toJSON', 'nodeType', 'asymmetricMatch', 'domain'].includes(key)

const missing = (name: string, key: string): Error => new Error(`stand-in: ${name}.${key} is not implemented`)

/** Parts of Electron of which nothing is modelled: each use says so. */
export const unmodelled = <Real>(name: string): Real =>
  new Proxy(function standIn() {} as unknown as Real & object, {
    get(_target, key) {
      if (typeof key === 'symbol' || key === 'prototype' || isLanguage(key)) return undefined
      throw missing(name, key)
    },
    construct: () => {
      throw new Error(`stand-in: ${name} is not implemented`)
    },
    apply: () => {
      throw new Error(`stand-in: ${name} is not implemented`)
    },
  })
