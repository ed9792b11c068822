/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const MIME4J_MIMEKIT = `
mime4j/bad-newlines-multiple-parts.msg
  text Text body

mime4j/base64encoded-rfc822message-nested.msg
  subject the body is a base64 encode rfc822 message including another base64 encoded rfc822 message
  text Text body
  file 1 message/rfc822 276 f720c483a05d
  file 1.1 message/rfc822 91 83470db3fe64

mime4j/base64encoded-rfc822message.msg
  subject a simple rfc822 message encoded in a base64 body.
  text Text body
  file 1 message/rfc822 91 83470db3fe64

mime4j/basic-plain-very-long-lines.msg
  subject Simple Subject
  from <foo@example.com>
  to <bar@example.com>
  date 1998-02-11T17:51:00Z
  text This is a very simple message with a simple body and no weird things a…

mime4j/basic-plain-with-bad-header-separator.msg
  subject Simple Subject
  from <foo@example.com>
  to <bar@example.com>
  date 1998-02-11T17:51:00Z
  text This is a very simple message with a simple body but the separator⏎bet…

mime4j/basic-plain.msg
  subject Simple Subject
  from <foo@example.com>
  to <bar@example.com>
  date 1998-02-11T17:51:00Z
  text This is a very simple message with a simple body and no weird things a…

mime4j/boundary-name-clash.msg
  subject test
  text Please see attachment for report Daily_Stats-2022-05-12-0700
  html 271
  file 2 application/pdf 31 d75f22b5c47c Daily_Stats-2022-05-12-0700.pdf

mime4j/ending-boundaries.msg
  text first part⏎⏎--boundary-- This should be ignored at all and not part of…

mime4j/malformedHeader-nocrlfcrlf_decoded_1.txt
  text Body text

mime4j/malformedHeaderStartsBody-noheader_decoded_1.txt
  text This is a simple message not having headers.

mime4j/misplaced-boundary.msg
  text This should be a text including the --boundary⏎string and should not b…

mime4j/missing-inner-boundary.msg
  text Foo⏎⏎AAA

mime4j/missing-inner-start-boundary.msg
  text Foo⏎⏎AAA

mime4j/multipartdigestnestedemptyparts.msg
  from Me <me@example.com>
  date 1996-04-11T06:10:30Z
  file 1 message/rfc822 356 06c56ba04786

mime4j/multipartemptypart.msg
  from Me <me@example.com>
  date 1996-04-11T06:10:30Z
  text Epilogue

mime4j/multipartnestedemptyparts.msg
  from Me <me@example.com>
  date 1996-04-11T06:10:30Z
  file 1 message/rfc822 356 06c56ba04786

mime4j/qp-body.msg
  subject subject
  text 7bit content with euro € symbol

mime4j/russian-headers.msg
  subject A simple subject
  file 1 text/plain 16 d22d198f08cb Список.doc

mimekit/dkim__multipart-no-end-boundary.msg
  subject Multipart message without closing boundary
  from mimekit.test@gmail.com <mimekit.test@gmail.com>
  to <mailkit.test@gmail.com>
  date 2016-01-11T15:32:47Z
  text Multipart message without closing boundary
  html 70

mimekit/messages__body.2.txt
  subject MimeMessage.TextBody and HtmlBody tests
  from MimeKit Unit Tests <mimekit@mimekit.net>
  to MimeKit Unit Tests <mimekit@mimekit.net>
  date 2016-01-02T21:42:00Z
  text This is an html body.
  html 41

mimekit/messages__body.4.txt
  subject MimeMessage.TextBody and HtmlBody tests
  from MimeKit Unit Tests <mimekit@mimekit.net>
  to MimeKit Unit Tests <mimekit@mimekit.net>
  date 2016-01-02T21:42:00Z
  text This is an html body.
  html 41
  file 2 image/gif 0 e3b0c44298fc empty.gif
  file 3 image/jpeg 0 e3b0c44298fc empty.jpg

mimekit/messages__body.5.txt
  subject MimeMessage.TextBody and HtmlBody tests
  from MimeKit Unit Tests <mimekit@mimekit.net>
  to MimeKit Unit Tests <mimekit@mimekit.net>
  date 2016-01-02T21:42:00Z
  text This is the text body.
  html 41
  file 1.2 image/gif 0 e3b0c44298fc empty.gif
  file 1.3 image/jpeg 0 e3b0c44298fc empty.jpg

mimekit/messages__body.7.txt
  subject MimeMessage.TextBody and HtmlBody tests
  from MimeKit Unit Tests <mimekit@mimekit.net>
  to MimeKit Unit Tests <mimekit@mimekit.net>
  date 2016-01-02T21:42:00Z
  text This is the text body.
  html 41
  file 1.2 image/gif 0 e3b0c44298fc empty.gif
  file 1.3 image/jpeg 0 e3b0c44298fc empty.jpg
  file 2 text/plain 29 0ecf343ef84e document.txt

mimekit/messages__delivery-status-no-blank-line.txt
  subject email delivery error
  from The Post Office <postmaster@mm1.sprynet.com>
  date 1996-07-29T09:13:08Z
  text Reporting-MTA: dns; mm1⏎Arrival-Date: Mon, 29 Jul 1996 02:12:50 -0700⏎…
  file 1 message/delivery-status 189 7df8d594a98e
  file 2 message/rfc822 817 9ac9a4fd3b36

mimekit/messages__delivery-status.anonymized.eml
  subject xxxxx xxxxxxxx xxxxx
  from xxx xxxx xxxxxx <xxxxxxxxxx@xxx.xxxxxxx.xxx>
  date 1996-07-29T09:13:08Z
  text Reporting-MTA: xxxx xxx⏎Arrival-Date: xxxx xx xxx xxxx xxxxxxxx xxxxx⏎…
  file 1 message/delivery-status 188 ddc15ec6e444
  file 2 message/rfc822 817 ebb8ba1b00d1

mimekit/messages__delivery-status2.txt
  subject Mail delivery failed: returning message to sender
  text This message was created automatically by mail delivery software.⏎⏎A m…
  file 2 message/delivery-status 117 140020b1512e
  file 3 message/rfc822 554 4af24dacb358

mimekit/messages__disposition-notification.anonymized.eml
  subject xxxxxxxxxxx xxxxxxxxxxxx
  from xxx xxxxxxxxx <xxxxxxxxxxxxx@xxxxxxx.xxx>
  to xxxx xxxxxx <xxxxxxxxxxx@xxxxxxx.xxx>
  date 1995-09-20T04:19:00Z
  text xxx xxxxxxx xxxx xx xxxx xxx xx xx xxxxxxxx xxxxx xxxxx xx xxx⏎xxxxxxx…
  file 2 message/disposition-notification 264 d6b690d23945
  file 3 message/rfc822 345 c9225991810d

mimekit/messages__disposition-notification.txt
  subject Disposition notification
  from Joe Recipient <Joe_Recipient@example.com>
  to Jane Sender <Jane_Sender@example.org>
  date 1995-09-20T04:19:00Z
  text The message sent on 1995 Sep 19 at 13:30:00 (EDT) -0400 to Joe⏎Recipie…
  file 2 message/disposition-notification 264 cb4b08179824
  file 3 message/rfc822 345 e39239d2e079

mimekit/messages__issue1130.txt
  subject Test of text body with format=flowed; delsp=yes
  from MimeKit UnitTests <unit-tests@mimekit.net>
  to MimeKit UnitTests <unit-tests@mimekit.net>
  date 2025-01-09T15:26:14Z
  text We should have access, and apparently did a few months ago, but now th…

mimekit/messages__multipart-related-mhtml.txt
  text def
  html 729
  file 1 image/png 889 7837fc3dc58e

mimekit/messages__rfc2060.txt
  subject Sample message structure for IMAP part specifiers
  from <me@myself.com>
  to <me@myself.com>
  text This part specifier should be: 1⏎⏎This part specifier should be: 3.1⏎⏎…
  file 2 application/octet-stream 33 4ed38d3c20bc
  file 3 message/rfc822 302 d32adf774117
  file 3.2 application/octet-stream 35 aabf2329be72
  file 4.1 image/gif 35 4384318f5510
  file 4.2 message/rfc822 462 a41c6d965b73
  file 4.2.2.2 text/richtext 39 e404a1a3db60

mimekit/messages__stack-overflow.txt
  subject Message Subject
  from test <test@test.com>
  to test <test@test.com>
  to date>2017-08-20T10:08:28.617</prdate>2017-08-20T10:08:28.617</prdate>2017-08-20T10:08:28.617</prdate…
  date 2017-11-03T20:00:00Z
  text Message Body

mimekit/partial__message-partial.0.eml
  subject Photo of a girl with feather earrings
  from <anonymous@mit.edu>
  to <photo-discuss@lists.nesop.edu>
  date 2017-03-28T22:40:37Z
  text From: anonymous@mit.edu⏎Date: Tue, 28 Mar 2017 18:40:37 -0400⏎Subject:…
  file 1 message/partial 61427 837d1d7a0ea9

mimekit/partial__message-partial.2.eml
  subject Photo of a girl with feather earrings
  from <anonymous@mit.edu>
  to <photo-discuss@lists.nesop.edu>
  date 2017-03-28T22:40:37Z
  text lOmoeSnxjO1DIzwaLpgsygYQvdKUBSfTISQ/lxxT8SgB0n6PtLvixDxG+OoqaeJC6v8AgD…
  file 1 message/partial 54040 7a0a11801d57

mimekit/partial__rfc2046.1.eml
  subject Audio mail (part 2 of 2)
  from <Bill@host.com>
  to <joe@otherhost.com>
  date 1993-03-26T17:59:38Z
  text ... second half of encoded audio data goes here ...
  file 1 message/partial 52 08fb6222319f

mimekit/tnef__ukr.eml
  subject rr test 7
  from RR Tester 1 <rrtest1@xink.io>
  to ems365sync <ems365sync@xink.io>
  date 2017-11-13T08:01:13Z
  text шостий⏎⏎⏎{EMAILSIGNATURE}⏎⏎⏎⏎RR Test 1
  file 2 application/ms-tnef 9566 880bde64ee29 winmail.dat

mimekit/yenc__00000020.ntx.eml
  subject yEnc-Prefix: joystick.jpg (1/2) 18 yEnc kByte - yEnc test (2)
  from <develop@winews.net>
  date 2001-10-27T13:25:09Z
  file 1.1 application/octet-stream 11250 e139967864dc joystick.jpg

mimekit/yenc__simple.msg
  subject yEnc-Prefix: "testfile.txt" 584 yEnc bytes - yEnc test (1)
  from <develop@winews.net>
  date 2001-10-27T13:07:44Z
  text --
  file 1.1 application/octet-stream 584 75e137c6aa0d testfile.txt
`
