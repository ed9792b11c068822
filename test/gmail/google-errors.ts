import { HttpFailure } from '../../electron/gmail/failure.ts'

/** Google's error envelope as Gmail sends it. */
export function envelope(
  code: number,
  message: string,
  reason?: string,
  status?: string,
  details?: unknown[],
): unknown {
  return {
    error: {
      code,
      message,
      ...(reason === undefined ? {} : { errors: [{ message, domain: 'global', reason }] }),
      ...(status === undefined ? {} : { status }),
      ...(details === undefined ? {} : { details }),
    },
  }
}

export function failure(status: number, body: unknown, headers: Record<string, string> = {}): HttpFailure {
  return new HttpFailure(status, new Headers(headers), body)
}

/** A quota refusal of the table, with its ErrorInfo. */
export function quotaBody(table: 'new' | 'old', scope: 'User' | 'Project' = 'User', value?: string): unknown {
  const metric = table === 'new' ? 'Total Query Cost' : 'Queries'
  const unit = scope === 'User' ? ' per user' : ''
  const message =
    `Quota exceeded for quota metric '${metric}' and limit '${table === 'new' ? 'Units' : 'Queries'} per minute${unit}' ` +
    "of service 'gmail.googleapis.com' for consumer 'project_number:123456789'."
  return {
    error: {
      code: 403,
      message,
      errors: [{ message, domain: 'usageLimits', reason: 'rateLimitExceeded' }],
      status: 'PERMISSION_DENIED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMIT_EXCEEDED',
          domain: 'googleapis.com',
          metadata: {
            quota_metric: `gmail.googleapis.com/${table === 'new' ? 'total_query_cost' : 'default'}`,
            quota_limit: `${table === 'new' ? 'totalQueryCost' : 'default'}PerMinutePer${scope}`,
            quota_limit_value: value ?? (table === 'new' ? '6000' : '15000'),
            service: 'gmail.googleapis.com',
            consumer: 'projects/123456789',
          },
        },
      ],
    },
  }
}

export const notFound = envelope(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')
export const html = '<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>That’s an error.</html>'
