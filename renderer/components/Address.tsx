/**
 * An account's address. In a narrow place the part before the @ gives way first, so that one still sees whose it is; never mirrored. People
 * who listen hear it whole.
 */
export function Address({ email }: { readonly email: string }) {
  const at = email.lastIndexOf('@')
  return (
    <>
      <span className="sr">{email}</span>
      <span className="address" dir="ltr" title={email} aria-hidden="true">
        <bdi>{at < 0 ? email : email.slice(0, at)}</bdi>
        {at < 0 ? null : <bdi>{email.slice(at)}</bdi>}
      </span>
    </>
  )
}
