import { AppError } from '../shared/errors.ts'
import type { Service } from './service/types.ts'

/** A service that is handed out before it exists: whatever asks too early is told that it is starting, or why it never started. */
export interface LateService {
  readonly service: Service
  /** What is done until it is there, when that takes long: to follow "Mailtide is starting: ". */
  tell(doing: string): void
  /** From now on everything goes to this one. */
  arrive(service: Service): void
  /** It will never arrive, for this reason. */
  fail(error: AppError): void
}

/** Both hosts answer before the store is open: a taken port must be found before anything else, and a window wants to show something. */
export function createLateService(): LateService {
  const late: { service: Service | null; failure: AppError | null; doing: string } = {
    service: null,
    failure: null,
    doing: 'its database is being opened',
  }
  return {
    service: lateService(late),
    tell: (doing) => {
      late.doing = doing
    },
    arrive: (service) => {
      late.service = service
    },
    fail: (error) => {
      late.failure = error
    },
  }
}

function lateService(late: {
  readonly service: Service | null
  readonly failure: AppError | null
  readonly doing: string
}): Service {
  const present = (): Service => {
    if (late.service === null) {
      if (late.failure !== null) throw late.failure
      throw new AppError('store', `Mailtide is starting: ${late.doing}`, {
        remedy: 'Try again in a moment',
      })
    }
    return late.service
  }
  return {
    snapshot: () => present().snapshot(),
    subscribe: (listener) => present().subscribe(listener),
    onAlert: (listener) => present().onAlert(listener),
    uptimeSeconds: () => present().uptimeSeconds(),
    start: async (minutes) => present().start(minutes),
    stop: async () => present().stop(),
    syncNow: async (account) => present().syncNow(account),
    changeSettings: async (patch) => present().changeSettings(patch),
    setPaused: async (account, paused) => present().setPaused(account, paused),
    changeClient: async (account, client, paste) => present().changeClient(account, client, paste),
    failures: async (options) => present().failures(options),
    retryFailures: async (account) => present().retryFailures(account),
    metricsSeries: async (span) => present().metricsSeries(span),
    verify: async (asked) => present().verify(asked),
    verification: () => present().verification(),
    verified: async () => present().verified(),
    cancelVerification: async () => present().cancelVerification(),
    completeness: async (account) => present().completeness(account),
    storage: async () => present().storage(),
    clients: async () => present().clients(),
    addClient: async (json, name) => present().addClient(json, name),
    removeClient: async (name) => present().removeClient(name),
    beginSignIn: async (options) => present().beginSignIn(options),
    signIn: (id) => present().signIn(id),
    finishSignIn: async (id, pasted) => present().finishSignIn(id, pasted),
    cancelSignIn: async (id) => present().cancelSignIn(id),
    addDemo: async () => present().addDemo(),
    importToken: async (token, email, oauthClient) => present().importToken(token, email, oauthClient),
    exportCredentials: async (passphrase, account) => present().exportCredentials(passphrase, account),
    importCredentials: async (file, passphrase) => present().importCredentials(file, passphrase),
    removeAccount: async (account, choice) => present().removeAccount(account, choice),
    checkHealth: async () => present().checkHealth(),
    reparse: async (what, signal) => present().reparse(what, signal),
    close: async () => present().close(),
  }
}
