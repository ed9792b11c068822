/** An account's address. In a narrow place the part before the @ gives way first, so that one still sees whose it is; never mirrored. */
export function Address({ email }: { readonly email: string }) {
  const at = email.lastIndexOf('@')
  return (
    <span className="address" dir="ltr" title={email}>
      <bdi>{at < 0 ? email : email.slice(0, at)}</bdi>
      {at < 0 ? null : <bdi>{email.slice(at)}</bdi>}
    </span>
  )
}

/** A person's name, which may be written from right to left, before the address. */
export function NamedAddress({ name, email }: { readonly name: string; readonly email: string }) {
  return (
    <>
      <bdi dir="auto">{name}</bdi>
      <bdi className="aside" dir="ltr" title={email}>
        {email}
      </bdi>
    </>
  )
}
