/** An account's address, never cut and never mirrored. In a narrow place it breaks before the @; people who listen hear it in one. */
export function Address({ email }: { readonly email: string }) {
  const at = email.lastIndexOf('@')
  return (
    <>
      <span className="sr">{email}</span>
      <span className="address" dir="ltr" aria-hidden="true">
        <bdi>{at < 0 ? email : email.slice(0, at)}</bdi>
        {at < 0 ? null : <bdi>{email.slice(at)}</bdi>}
      </span>
    </>
  )
}
