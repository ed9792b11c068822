/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const FLANKER_MAILPARSER_MIKEL = `
flanker/bounce__mailbox-full.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@AOL.com>
  to <bounce+8c8b98.c-user=aol.com@example.com>
  date 2011-07-29T08:08:56Z
  text *** ATTENTION ***⏎⏎Your e-mail is being returned to you because there…
  file 2 message/delivery-status 619 e38cc447872f
  file 3 text/rfc822-headers 1997 697e526943d3

flanker/bounce__office365.eml
  subject Undeliverable: test_bounce 8
  from <postmaster@example.no>
  to <postmaster@ninomail.com>
  date 2017-10-13T11:10:16Z
  text [http://products.office.com/en-us/CMSImages/Office365Logo_Orange.png?v…
  html 38426
  file 2 message/delivery-status 404 838e2f7a73bd
  file 3 message/rfc822 5606 c9da8ff81520

flanker/dkim__email.02.eml
  from <joe@example.net>

flanker/dkim__email.08.eml
  from <joe@example.net>
  text Single line of body text

flanker/dkim__email.09.eml
  from <joe@example.net>
  text First line of body text⏎⏎Second line of body text

flanker/dkim__email.25.eml
  subject This subject that wraps onto a new line with a space and then onto another line indented by a t…
  from <joe@example.net>
  to <larry@example.com>
  text This line has embedded s p a c e s  and t⇥a⇥b⇥and C⏎R  C⏎Returns

flanker/enclosed-bad-encoding.eml
  subject Wow
  from Bob Marley <bob@example.net>
  to Александр Клижентас☯ <bob@example.com>
  date 2012-06-30T13:05:55Z
  text Hello⏎⏎dudes... you're kicking ass.⏎чтобы я без вас делал, дорогие мои…
  file 2 message/rfc822 2451 d7c1410ec0f1 thanks.eml

flanker/enclosed-broken-body.eml
  subject Wow
  from Bob Marley <bob@example.net>
  to Александр Клижентас☯ <bob@example.com>
  date 2012-06-30T13:05:55Z
  text Hello⏎⏎dudes... you're kicking ass.⏎чтобы я без вас делал, дорогие мои…
  file 2 message/rfc822 2515 a076aa02375a thanks.eml

flanker/enclosed-global.eml
  subject Wow
  from Bob Marley <bob@example.net>
  to Александр Клижентас☯ <bob@example.com>
  date 2012-06-30T13:05:55Z
  text Hello⏎⏎dudes... you're kicking ass.⏎чтобы я без вас делал, дорогие мои…
  file 2 message/global 2455 92323cd05f58 thanks.eml

flanker/false-multipart.eml
  subject Broken MIME
  from Mime Breaker <broken.mime@notreallymultipart.com>
  to <example.smith@example.com>

flanker/from-encoding.eml
  subject Re: running server as root (Was: Re: PUT method)
  from Ingo Lütkebohle <ingo@blank.pages.de>
  to <new-httpd@apache.org>
  date 1997-07-12T20:11:13Z
  text Marc Slemko wrote:⏎> If you have a real uid of root, then if someone f…

flanker/long-links.eml
  subject Please enjoy this mega long link
  from Bob <postmaster@example.com>
  to Mike <mike@example.com>
  date 2013-07-05T18:25:38Z
  text http://www.longurlmaker.com/view/?id=UAOJNVKBMQUGPYZKCQZRZKJEXRCRXMRSM…
  html 6591

flanker/mailformed-headers.eml
  subject ´!
  from Юникод запрещен� <headers@gmail.com>
  to <´google@example.com>
  date 2012-07-13T12:06:49Z
  text Hello⏎⏎----faf__fawf--
  html 23

flanker/mailgun-pic.eml
  subject Mailgun rocks!
  from Bob Smith <hello@example.com>
  to Bob Smith <bob@example.com>
  date 2012-07-06T08:34:44Z
  text Мейлган! Хахах!⏎⏎-- ⏎Regards,⏎Alex
  html 74
  file 2 image/png 60168 e19ecda39017 mailgun.png

flanker/message-external-body.eml
  subject I-D ACTION:draft-ietf-http-authentication-00.txt (fwd)
  from Marc Slemko <marcs@znep.com>
  to TLOSAP <new-httpd@apache.org>
  date 1997-12-01T17:48:46Z
  text I am amazed.  Actual work on authentication?  No..... it coudln't be.⏎…
  file 2.1 message/external-body 0 e3b0c44298fc
  file 2.2 message/external-body 0 e3b0c44298fc draft-ietf-http-authentication-00.txt

flanker/spam__broken-headers.eml
  subject Forget Asking For A Link Exchange…
  from Link Directory SUbmitter <admin@advertise-bz.cn>
  to <user@example.com>
  date 2012-07-13T14:06:52Z
  text Do you really know what it takes to quickly ⏎generate high-quality tra…

mailparser/base64encodedroot.eml
  from <test@example.com>
  file 1 image/png 425 3d0c2d17edd1 screenshot.png

mailparser/mixed.eml
  text This e-mail message has been scanned for Viruses and Content and clear…
  html 127

mailparser/nested.eml
  from <u@example.com>
  text Dear Sir,⏎⏎Good evening.⏎⏎The footer
  html 63

mailparser/nodemailer.eml
  subject Nodemailer is unicode friendly ✔ (1476358788189)
  from Andris Kreata <andris@kreata.ee>
  to Andris Reinman <andris+123@kreata.ee>
  to <andris.reinman@gmail.com>
  date 2016-10-13T11:39:48Z
  text Hello to myself!
  html 160
  file 1.2 text/watch-html 22 2ed529b0b85a
  file 1.3.2 image/png 126 eff5f180c92c image.png
  file 1.3.3 image/gif 29361 c9c06996e64d nyan cat ✔.gif
  file 2 text/plain 28 991b72b637c3 notes.txt

mikel-mail/attachment_emails__attachment_with_base64_encoded_name.eml
  subject Fwd: Signed email causes file attachments
  from xxxxxxxxx xxxxxxx <xxxxxxxxx.xxxxxxx@gmail.com>
  to xxxxx xxxx <xxxxx@xxxxxxxxx.com>
  date 2005-05-08T19:09:11Z
  text We should not include these files or vcards as attachments.⏎⏎---------…
  file 2 application/pdf 399 3edf4dcb7f25 This is a test.pdf

mikel-mail/error_emails__bad_date_header2.eml
  subject 40% OFF holiday patterns and fabric!
  from Free-Quilting.com <enews@Free-Quilting.com>
  to <someone@live.com>

mikel-mail/error_emails__bad_encoded_subject.eml
  subject TEST
  text TEST

mikel-mail/error_emails__bad_subject.eml
  subject MySurvey.com:  You have a survey waiting!  91123105
  from MySurvey.com & Carol Adams <carol@mysurvey.com>
  to <someone@aol.com>
  date 2010-12-15T17:21:20Z
  text You have a survey waiting!⏎⏎⏎To take the survey:⏎⏎⏎===================…
  html 245

mikel-mail/error_emails__content_transfer_encoding_empty.eml
  subject 4d8119¡@(¤j¸ÉªwÄÑ±M½æ) ¤j®a»¡­^»y ¨C¤éÅ¥MP3 (2004¦~6¤ë¥÷) ÁcÅé¤¤¤å¥úºÐª© (­^»y±Ð¾Ç)¡@8afb90
  from <3712f2@msa.hinet.net>
  to <brucegemini@yahoo.com.tw>
  text 9bbf38a544f990e73cd12f3c56c60e6180edebd31d752d3997fa4c0650d6aaa338f73f…
  html 967

mikel-mail/error_emails__invalid_subject_characters.eml
  subject Formação FrenetikPolis: Mega Campanha Final Verão | Cursos de Setembro
  from Formação Frenetikpolis <info@formacaofrenetik.info>
  to <martin@internet.ao>
  to <iris@internet.ao>
  to +1
  text TEST

mikel-mail/error_emails__missing_body.eml
  subject REDACTED
  from SCS_2 <redacted@attglobal.net>
  date 2001-11-27T23:02:35Z

mikel-mail/mime_emails__raw_email7.eml
  subject testing
  from <foo@example.com>
  to <blah@example.com>
  date 2005-06-06T20:21:22Z
  text This is the first part.
  file 1.2 text/x-ruby-script 25 8463e01ae55e test.rb
  file 1.3 application/pdf 14 a74f733635a1 test.pdf
  file 2 application/pkcs7-signature 227 a902bee0c7cf smime.p7s

mikel-mail/mime_emails__raw_email_with_binary_encoded.eml
  subject Testing outlook
  from Mikel Lindsaar <email_test@me.nowhere>
  to <mikel@me.nowhere>
  date 2007-10-21T09:38:13Z
  file 1 image/jpeg 24 60531ecc2823 2013-08-13_19-08-28-1.jpg

mikel-mail/mime_emails__raw_email_with_multipart_mixed_quoted_boundary.eml
  subject Testing outlook
  from Mikel Lindsaar <email_test@me.nowhere>
  to <mikel@me.nowhere>
  date 2007-10-21T09:38:13Z
  text Just attaching another PDF, here, to see what the message looks like,⏎…
  file 2 application/pdf 1026 c7d1b9b20df8 broken.pdf

mikel-mail/mime_emails__raw_email_with_nested_attachment.eml
  subject Testing attachments
  from Jamis Buck <jamis@37signals.com>
  to Jamis Buck <jamis@jamisbuck.org>
  date 2007-02-22T18:20:31Z
  text Here is a test of an attachment via email.⏎⏎- Jamis
  file 1.2 image/png 1902 66049e34cb77 truncated.png
  file 2 application/pkcs7-signature 939 ce10fc37ce6b smime.p7s

mikel-mail/mime_emails__sig_only_email.eml
  subject Re: Testing multipart/signed
  from Test <test@test.lindsaar.net>
  to Mikel <mikel@test.lindsaar.net>
  date 2007-06-04T22:01:31Z
  text This is random text, not what has been signed below, ie, this sig⏎emai…
  file 2 application/pgp-signature 197 ef1f6e969c4d signature.asc

mikel-mail/multi_charset__japanese_attachment.eml
  subject testing
  from Mikel Lindsaar <raasdnil@gmail.com>
  to Mikel Lindsaar <raasdnil@gmail.com>
  date 2009-10-16T12:39:34Z
  text testing⏎⏎-- ⏎http://lindsaar.net/⏎Rails, RSpec and Life blog....
  file 2 text/plain 33 be049d6d2813 てすと.txt

mikel-mail/multi_charset__japanese_attachment_long_name.eml
  subject まみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめも
  from Mikel Lindsaar <mikel@test.lindsaar.net>
  to Mikel Lindsaar <raasdnil@gmail.com>
  date 2009-10-30T08:11:02Z
  file 1 text/plain 18 ce6a091472e8 かきくけこかきくけこかきくけこかきくけこかきくけこ.txt

mikel-mail/multi_charset__japanese_iso_2022.eml
  subject まみむめも
  from Mikel Lindsaar <raasdnil@gmail.com>
  to みける <raasdnil@gmail.com>
  text すみません。

mikel-mail/multi_charset__japanese_shift_jis.eml
  subject test
  from <xxxxxxx@docomo.ne.jp>
  to <unknown@example.com>
  date 2014-05-28T08:18:19Z
  text あいうえお⏎⏎このメールはテスト用のメールです。⏎⏎今後ともよろしくお願い申し上げます！

mikel-mail/plain_emails__raw_email.eml
  subject NOTE: 한국말로 하는 것
  from Jamis Buck <jamis@37signals.com>
  to <willard15georgina@jamis.backpackit.com>
  date 2005-05-02T22:07:05Z
  text 대부분의 마찬가지로, 우리는 하나님을 믿습니다.⏎⏎제 이름은 Jamis입니다.

mikel-mail/plain_emails__raw_email_bad_time.eml
  subject [0]: XXXXXXX XXXXX XXXXX !
  from Атиковa <yusuf75thu@auracom.net>
  to <abcdefg@AAAAAAAAA.net>
  date 3609-06-30T09:33:50Z
  text Filter2: This message has been scanned for viruses and⏎dangerous conte…
  html 447

mikel-mail/plain_emails__raw_email_double_at_in_header.eml
  subject NOTE: 한국말로 하는 것
  from Jamis Buck <jamis@37signals.com>
  to <willard15georgina@jamis.backpackit.com>
  date 2005-05-02T22:07:05Z
  text 대부분의 마찬가지로, 우리는 하나님을 믿습니다.⏎⏎제 이름은 Jamis입니다.

mikel-mail/plain_emails__raw_email_string_in_date_field.eml
  subject NOTE: 한국말로 하는 것
  from <mikel@me.com>
  to <bob@bob.com>
  date 2008-09-20T17:04:30Z
  text 대부분의 마찬가지로, 우리는 하나님을 믿습니다.⏎⏎제 이름은 Jamis입니다.

mikel-mail/plain_emails__raw_email_with_partially_quoted_subject.eml
  subject Re: Test: "漢字" mid "漢字" tail
  from Jamis Buck <jamis@37signals.com>
  to <jamis@37signals.com>
  date 2005-05-02T22:07:05Z
  text 대부분의 마찬가지로, 우리는 하나님을 믿습니다.⏎⏎제 이름은 Jamis입니다.

mikel-mail/rfc2822__example04.eml
  from Pete <pete@silly.example>
  to Chris Jones <c@a.test>
  to <joe@where.test>
  to +1
  date 1969-02-14T03:02:54Z
  text Testing.

mikel-mail/rfc2822__example11.eml
  from Joe Q. Public <john.q.public@example.com>
  to Mary Smith <mary@example.net>
  to <jdoe@test.example>
  date 2003-07-01T08:52:37Z
  text Hi everyone.
`
