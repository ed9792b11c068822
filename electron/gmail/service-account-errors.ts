import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { GuideTopic } from '../../shared/google-guide.ts'
import type { ServiceAccountCredential } from '../ports.ts'
import type { FailureFacts } from './failure.ts'
import { READONLY_SCOPE } from './service-account.ts'

interface Refusal {
  readonly code: ErrorCode
  readonly what: string
  readonly remedy: string
  readonly guide?: GuideTopic
}

type Key = Pick<ServiceAccountCredential, 'client_id' | 'subject'>

/**
 * Why Google gives a service account no token, and what to do. What an administrator changes in the Admin console takes effect without us,
 * so those accounts are tried again (`policy`, `mailbox_off`); only a dead key needs another one (`needs_reauth`).
 *
 * It is named by its client id, which is what the Admin console asks for; its address has no place in a log.
 * https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
 */
export function serviceAccountError(facts: FailureFacts, error: string, key: Key, cause: Error): AppError {
  const { code, what, remedy, guide } = refusalOf(error, facts.oauth?.description ?? '', key)
  return new AppError(code, `${what} (${key.subject})`, { remedy, guide, because: 'service_account', cause })
}

function refusalOf(error: string, words: string, { client_id, subject }: Key): Refusal {
  if (error === 'unauthorized_client' || error === 'access_denied' || error === 'invalid_scope') {
    return {
      code: 'policy',
      what: `The service account ${client_id} may not read this mailbox: the domain has not delegated it`,
      remedy:
        `In the Google Admin console, under Security, API controls, Domain-wide delegation, add the client id ${client_id} ` +
        `with the scope ${READONLY_SCOPE}; it can take a day. Then: mailtide sync`,
      guide: 'not_delegated',
    }
  }
  if (error === 'invalid_grant' && /valid email|invalid email|user id/i.test(words)) {
    return {
      code: 'mailbox_off',
      what: 'Google knows no such user in a domain that delegated to the service account',
      remedy: `Check the address ${subject}: it must be the user's main address, not an alias or a group`,
    }
  }
  if (error === 'invalid_grant' && /account not found/i.test(words)) {
    return {
      code: 'needs_reauth',
      what: `The service account ${client_id} was deleted`,
      remedy: 'Create a new service account, delegate the domain to it, then import its key',
      guide: 'service-account',
    }
  }
  if (error === 'invalid_grant' && /signature/i.test(words)) {
    return {
      code: 'needs_reauth',
      what: `The key of the service account ${client_id} was deleted in the Google console, or does not belong to it`,
      remedy:
        'Create a new key (IAM & Admin, Service Accounts, Keys) and import it: mailtide accounts import-token FILE',
      guide: 'service-account',
    }
  }
  if (error === 'disabled_client') {
    return {
      code: 'policy',
      what: `The service account ${client_id} is disabled`,
      remedy: 'Enable it in the Google console (IAM & Admin, Service Accounts). Then: mailtide sync',
    }
  }
  if (error === 'admin_policy_enforced' || error === 'org_internal') {
    return {
      code: 'policy',
      what: `The administrator of the Google Workspace does not allow the service account ${client_id}`,
      remedy: `Ask the administrator to trust the client id ${client_id} for Gmail. Then: mailtide sync`,
      guide: 'admin_policy_enforced',
    }
  }
  return {
    code: 'needs_reauth',
    what: `Google refuses the key of the service account ${client_id} (${error.slice(0, 60)})`,
    remedy: 'Create a new key in the Google console and import it: mailtide accounts import-token FILE',
  }
}
