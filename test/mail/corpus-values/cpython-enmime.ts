/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const CPYTHON_ENMIME = `
cpython/msg_02.txt
  subject Ppp digest, Vol 1 #2 - 5 msgs
  from <ppp-request@zzz.org>
  to <ppp@zzz.org>
  date 2001-04-21T00:18:00Z
  text Send Ppp mailing list submissions to⏎⇥ppp@zzz.org⏎⏎To subscribe or uns…
  file 3.1 message/rfc822 235 5ce447876e80
  file 3.2 message/rfc822 209 296862586241
  file 3.3 message/rfc822 235 07f3502584f3
  file 3.4 message/rfc822 235 7abd4fec1ce9
  file 3.5 message/rfc822 237 c671a4432317

cpython/msg_08.txt
  subject Lyrics
  from Barry Warsaw <barry@python.org>
  to Dingus Lovers <cravindogs@cravindogs.com>
  date 2001-04-20T23:35:02Z
  html 0

cpython/msg_11.txt
  subject The enclosing message
  text Here is the body of the message.
  file 1 message/rfc822 63 43991f7717e7

cpython/msg_12.txt
  subject Lyrics
  from Barry Warsaw <barry@python.org>
  to Dingus Lovers <cravindogs@cravindogs.com>
  date 2001-04-20T23:35:02Z
  html 0

cpython/msg_18.txt

cpython/msg_23.txt
  from <aperson@dom.ain>
  text A message part

cpython/msg_28.txt
  from <aperson@dom.ain>
  text message 1⏎⏎message 2
  file 1 message/rfc822 96 d30c9c4988f7
  file 2 message/rfc822 96 782aa575bce7

cpython/msg_33.txt
  subject Re: Limiting Perl CPU Utilization...
  from Anne Person <aperson@example.com>
  to Barney Dude <bdude@example.com>
  date 2000-09-27T16:11:09Z
  text part 1⏎⏎part 2

cpython/msg_35.txt
  subject here's something interesting
  from <aperson@dom.ain>
  to <bperson@dom.ain>
  text counter to RFC 2822, there's no separating newline here

cpython/msg_37.txt
  file 1 text/x-one 5 629c5d12dba2
  file 3 text/x-two 5 629c5d12dba2
  file 7 text/x-two 5 629c5d12dba2

cpython/msg_38.txt
  text Unlike the test test_nested-multiples-with-internal-boundary, this⏎pie…

cpython/msg_39.txt
  text --⏎It's never too late to have a happy childhood.
  file 1.2 application/octet-stream 2 916744e4e38e
  file 1.3 application/octet-stream 2 916744e4e38e
  file 1.5 application/octet-stream 2 916744e4e38e
  file 1.6 application/octet-stream 2 916744e4e38e
  file 1.8 application/octet-stream 2 916744e4e38e
  file 1.9 application/octet-stream 2 916744e4e38e

cpython/msg_40.txt
  text ----961284236552522269⏎Content-Type: text/html;⏎Content-Transfer-Encod…
  html 121

enmime/mail__header-only.raw.eml
  subject Attachment
  from James Hillyerd <james@makita.skynet>
  to <greg@inbucket>
  date 2012-10-19T05:48:39Z

enmime/mail__mime-mixed-related.raw.eml
  subject Multipart Mixed
  from James Hillyerd <jamehi03@jamehi03lx.noa.com>
  to <greg@inbucket.com>
  date 2012-10-19T19:22:49Z
  text html1⏎⏎html2
  html 25

enmime/mail__mime-signed.raw.eml
  subject Multipart Signed
  from James Hillyerd <jamehi03@jamehi03lx.noa.com>
  to <greg@inbucket.com>
  date 2012-10-19T19:22:49Z
  text Section one⏎⏎Section two
  file 1.2 application/pgp-signature 828 5946976369f3 signature.asc

enmime/mail__qp-utf8-header-no-break.raw.eml
  subject MIME UTF8 Test ¢ More Text
  from James Hillyerd <jamehi03@jamehi03lx.noa.com>
  from André Pirard <PIRARD@vm1.ulg.ac.be>
  to Mirosław Marczak <marczak@inbucket.com>
  date 2012-10-19T19:22:49Z
  text Lorem ipsum dolor sit amet, consectetur adipiscing elit. Nullam venena…
  html 1736

enmime/parts__badboundary.raw.eml
  text A text section
  html 15

enmime/parts__barren-content-type.raw.eml
  file 1 text/plain 0 e3b0c44298fc

enmime/parts__chardet-detection.raw.eml
  text Loggen Sie sich ein, um die Einladung zu akzeptieren oder geben Sie de…

enmime/parts__chardet-fail-not-long-enough.raw.eml
  text 和弟弟

enmime/parts__ctype-invalid-characters.raw.eml
  text Test of text/plain section with invalid content type

enmime/parts__header-only.raw.eml
  html 0
  file 1 text/html 0 e3b0c44298fc file.html

enmime/parts__missing-closing-param-quote.raw.eml
  html 0

enmime/parts__missing-ctype.raw.eml
  text A text section
  html 15

enmime/parts__multialtern.raw.eml
  text A text section
  html 15

enmime/parts__multibase64.raw.eml
  text A text section
  file 2 text/html 7 b53a55383d2f test.html

enmime/parts__nestedmulti.raw.eml
  text A text section⏎⏎An inline text attachment⏎⏎Another inline text attachm…
  html 15
  file 2.2 text/plain 25 8b7f510dbcb2 attach.txt
  file 2.3 text/plain 30 0efb88572b34 attach2.txt

enmime/parts__quoted-printable.raw.eml
  text Start=ABC=Finish

enmime/parts__similar-boundary.raw.eml
  text Section one⏎⏎A text section
  html 15

enmime/parts__textplain.raw.eml
  text Test of text/plain section

enmime-dsn/dsn_with_multipart_alternative.raw.eml
  subject Undeliverable: Some subject
  from <postmaster@example.com>
  to <user@example.com>
  date 2022-01-27T08:03:03Z
  text [human-readable explanation goes here]⏎⏎Reporting-MTA: dns;1234.prod.o…
  html 50
  file 2 message/delivery-status 271 30f64cd36d56
  file 3 message/rfc822 29 f4615b30da1a

enmime-dsn/multi_recipient_dsn.raw.eml
  subject Returned mail: User unknown
  from Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
  to <owner-ups-mib@CS.UTK.EDU>
  date 1994-07-08T13:21:47Z
  text [human-readable explanation goes here]⏎⏎Reporting-MTA: dns; cs.utk.edu…
  file 2 message/delivery-status 666 083ada69da1c
  file 3 message/rfc822 29 f4615b30da1a
`
