/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const SPAMASSASSIN_STALWART = `
spamassassin/dkim__arc__ok01.eml
  subject test message 2
  from SpamAssassin Test <test@sa-test.spamassassin.org>
  date 2009-06-08T12:00:00Z
  text testing

spamassassin/dkim__test-pass-08.msg
  subject fake subject
  from SpamAssassin Test <test@sa-test.spamassassin.org>
  to SpamAssassin Test <test@sa-test.spamassassin.org>
  date 2009-06-08T12:00:00Z
  text testing

spamassassin/dkim__test-pass-22.msg
  subject test message 19
  from SpamAssassin Test <test@sa-test.spamassassin.org>
  date 2009-06-08T12:00:00Z
  text testing

spamassassin/dkim__test-pass-23.msg
  subject test message 19
  from SpamAssassin Test <test@sa-test.spamassassin.org>
  date 2009-06-08T12:00:00Z
  text testing

spamassassin/nice__006.eml
  subject Re: [SAtalk] recipients testing
  from Recipients Nonspam Testing <recips_test@spamassassin.taint.org>
  to <aaa@example.com>
  text tst

spamassassin/nice__cjk__iso-2022-jp.1.eml
  subject MIME text/plain attach with Shift_JIS (CP932)
  from Shinichiro HIDA <shinichiro@stained-g.net>
  to <mhonarc-users@mhonarc.org>
  date 2002-12-16T14:07:49Z
  text Hi,⏎⏎Now, I try to test MHonArc2002-12-16-snap.⏎⏎Sometime, I would lik…
  file 2 text/plain 106 fefe37208fde test-sjis.txt
  file 4 text/plain 742 f4ca944541e2 test-archive.txt

spamassassin/nice__mime8.eml
  subject Here's some more
  from Mark Crispin <MRC@CAC.Washington.EDU>
  to Mark Crispin <MRC@CAC.Washington.EDU>
  date 1991-10-25T00:32:56Z
  text ⇥⇥⇥⇥Alice's PDP-10⏎⏎;;; With thanks (and apol⏎⏎This is a text prefix.…
  file 1 application/postscript 45 b3fe189b3bcc
  file 2 text/plain 45 d5b6ac2e577b Alices_PDP-10
  file 3 message/rfc822 5246 0f48b98f89c2
  file 3.2.1 image/gif 2432 a8af20633c9f
  file 3.2.2 audio/basic 144 e15e546bd16f
  file 3.3 application/atomicmail 428 f64098f892b2
  file 3.4 message/rfc822 303 4133590d836f
  file 3.4.1 audio/x-sun 54 8b23f4787542

spamassassin/nice__unicode1.eml
  subject Domače omrežje
  from Marilù Gioffré ♥ <Marilù.Gioffré@esempio-università.it>
  to Dörte Å. Sörensen, Jr. <Dörte@Sörensen.example.com>
  date 2015-10-05T10:00:00Z
  file 1 application/octet-stream 8 924d391c158a документы для отдела кадров.pdf

spamassassin/nice__unicode2.eml
  subject 【重要訊息】台電105年3月電費，委託金融機構扣繳成功電子繳費憑證(電號07487616730)
  from 👉 test <>
  to test <>
  date 2016-06-16T00:41:19Z
  text test

spamassassin/spam__002.eml
  subject ADV: --YOUR BRAND NEW HOUSE--
  from <bigmoney@fasttrec.com>
  date 2000-08-10T02:53:01Z
  text Hi there,⏎⏎To be removed please visit:⏎http://www.supersitescentral.co…

spamassassin/spam__003.eml
  subject *****SPAM***** *****SPAM***** "100% HERBALSENSATION"
  from <renterr989@hotmail.com>
  to <jenny33436@netscape.net>
  date 2001-08-29T12:20:43Z
  text SPAM: -------------------- Start SpamAssassin results ----------------…

spamassassin/spam__008.eml
  subject via.gra
  from <tst1@example.com>
  to <jenny33436@netscape.net>
  date 2001-12-07T07:01:03Z
  text mailto:vacation@btamail.net.cn?subject=Help!⏎⏎õe üü⏎⏎“dŽqƒ[ƒ‹LŽÐ⏎…

spamassassin/spam__015.eml
  subject no r-x req
  from Tameka Otto <Gagnenljl@mindspring.com>
  to <user@example.com>
  date 2004-12-02T15:55:50Z
  text Good Day,⏎⏎I heard you would be curious about a massive dizcounnt on y…

spamassassin/spam__017.eml
  subject no r-x req
  from Tameka Otto <Gagnenljl@mindspring.com>
  to <user@example.com>
  date 2004-12-02T15:55:50Z

spamassassin/spam__badmime2.txt
  from <odubciokci@isomedia.com>
  to <user@example.com>
  date 2004-02-04T19:22:38Z
  text . . .⏎⏎Cheap Soft at Damn Low Pri ce⏎⏎Hello friends, hope you can find…
  html 3659

spamassassin/spam__badmime3.txt
  subject To get on th…
  from Newsletter <newsletter-joh.dokler=nsc.ijs.si@linksandmail.com>
  to <joh.dokler@nsc.ijs.si>
  date 2002-06-20T05:53:48Z
  html 5093

spamassassin/spam__dmarc__quarko.eml
  subject test message 1
  from SpamAssassin Test <test@dmarc2.spamassassin.org>
  date 2009-06-08T12:00:00Z
  text testing

spamassassin/spam__utf16.eml
  subject Design and manufacturing
  from Powstar <mould05@example.org>
  date 2015-10-08T15:27:23Z
  text Dear potencial partner,⏎We are professional in engineering, mold/tooli…
  html 1869
  file 2 image/jpg 0 e3b0c44298fc x9pji0tnw4sl3w.jpg
  file 3 image/jpg 0 e3b0c44298fc jhoq3.jpg

stalwart/legacy__001.eml
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Joe Blow <jblow@example.com>
  to Jürgen Schmürgen <schmuergen@example.com>
  date 2000-05-17T23:18:39Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

stalwart/legacy__005.eml
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-17T23:20:24Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

stalwart/legacy__015.eml
  subject Die Hasen und die Frösche
  from Doug Sauder <dwsauder@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-19T04:36:58Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…
  html 1159
  file 1.2 image/png 1325 68aa843030f8 2aa3ed95.png
  file 1.3 image/png 1453 63aa82493459 2aa3edd1.png
  file 2 image/png 1325 68aa843030f8 blueball.png
  file 3 image/png 1298 258bcdd418e6 greenball.png

stalwart/legacy__016.eml
  subject Die Hasen und die Frösche
  from Doug Sauder <dwsauder@example.com>
  to Jürgen Schmürgen <jschmuergen@example.com>
  date 2000-05-19T04:53:25Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…
  file 2 application/mac-binhex40 1929 2979a9d144ed blueball.png
  file 3 application/mac-binhex40 1131 a8b4af651472 HasenundFrösche.txt

stalwart/legacy__017.eml
  subject The Hare and the Tortoise
  from Doug Sauder <dwsauder@example.com>
  to Jürgen Schmürgen <jschmuergen@example.com>
  date 2000-05-19T04:50:08Z
  text The Hare and the Tortoise ⏎  ⏎A HARE one day ridiculed the short feet…
  file 2 image/png 1298 258bcdd418e6 greenball.png
  file 3 image/png 1325 68aa843030f8 blueball.png

stalwart/legacy__025.eml
  subject Die Hasen und die Frösche
  from Doug Sauder <dwsauder@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-19T04:38:13Z
  text Die Hasen und die⏎Frösche⏎⏎Die Hasen klagten einst über⏎ihre mißliche…
  html 1159
  file 1.2 image/png 1325 68aa843030f8 2aa51367.png
  file 1.3 image/png 1453 63aa82493459 2aa51371.png
  file 2 image/png 1325 68aa843030f8 blueball.png
  file 3 image/png 1298 258bcdd418e6 greenball.png

stalwart/legacy__049.eml
  subject Test message from Microsoft Outlook 00
  from Doug Sauder <doug@example.com>
  to Joe Blow <jblow@example.com>
  date 2000-05-17T23:58:13Z
  text The Hare and the Tortoise⏎⏎A HARE one day ridiculed the short feet and…
  file 1.1 application/octet-stream 1325 68aa843030f8 blueball.png
  file 1.2 application/octet-stream 1298 258bcdd418e6 greenball.png
  file 1.3 application/octet-stream 1453 63aa82493459 redball.png

stalwart/malformed__000.eml
  html 0

stalwart/malformed__002.eml
  text body

stalwart/malformed__004.eml
  text body

stalwart/malformed__006.eml
  text body

stalwart/malformed__008.eml
  text body⏎⏎body2
  html 6

stalwart/malformed__013.eml
  text hello, world⏎⏎hello, world⏎⏎hello, world⏎⏎hello, world

stalwart/malformed__014.eml
  text hello, world

stalwart/malformed__015.eml
  subject Hello world
  from Test User <test@example.org>
  to Another User <test2@example.org>
  date 2007-05-23T01:58:08Z
  text There was a day ⏎a happy day
  file 2 application/pgp-signature 8 28fca28ef02d signature.asc

stalwart/malformed__018.eml
  text Best⏎Enviado desde mi BlackBerry® de Vodafone<?xml version="1.0" encod…

stalwart/malformed__019.eml
  subject Sprint 3 multipart fixture
  to rimap-test <rimap-test@example.test>
  text JPlain text body of the multipart fixture.⏎⏎JPlain text body of the mu…
  html 805

stalwart/rfc__007.eml
  subject RFC 8621 Section 4.1.4 test
  text A⏎⏎B⏎⏎D⏎⏎J⏎⏎K
  html 14
  file 2.1.1.2 image/jpeg 1 6b23c0d5f35d
  file 2.1.2.2 image/jpeg 1 f67ab10ad4e4
  file 2.2 image/jpeg 1 333e0a1e2781
  file 2.3 application/x-excel 1 44bd7ae60f47
  file 2.4 message/rfc822 13 dd6be90b10af

stalwart/thirdparty__001.eml
  text d2UgaGF2ZQ1hIGxvdCAKb2YgAGJpbmFyeSBzdHVmZiBpbiBoZXJlCmIgYWRqaWcgc2Fkam…

stalwart/thirdparty__007.eml
  from Moderator-Address <moderator>
  text This is my opinion⏎⏎Not agreeing one bit!⏎⏎Lovely attachment for you
  file 1 message/rfc822 73 05e7caefc32d
  file 2 message/rfc822 74 e72f0c2d1a8c
  file 3 message/rfc822 318 aff87ecc5bf1
  file 3.2 application/octet-stream 6 e811818f80d9 test.txt

stalwart/thirdparty__009.eml
  subject In parts
  text Hi, this is the fancy thing I was talking about!⏎⏎X-Weird-Header-1: Ba…
  file 2 message/partial 241 15cd104d307a

stalwart/thirdparty__010.eml
  subject こんにちは
  text 人権の無視及

stalwart/thirdparty__015.eml
  subject Re: (#5290765) Proxmox Shop E-Mails
  from Jonas Sterr - ProxForge <jsterr@proxforge.de>
  to Jonas Sterr <jonas.sterr@gmx.net>
  date 2026-02-13T21:38:16Z
  text Hallo Stoiko,⏎⏎alles klar, deine Reply Mail war jetzt nicht im Spam -…
  file 2 message/rfc822 2187 29126b478522 training-mail.txt
  file 3 message/rfc822 2380 a50ad4ff17dd office-reply.txt
  file 4 message/rfc822 2518 cdb3fba55079 shop-mail.txt

stalwart/thirdparty__019.eml
  subject 30 plaintext + (HTML + embedded image) + attachment
  from <test@example.com>
  to <test@example.com>
  date 2017-12-30T19:50:01Z
  text Search for hähä
  html 272
  file 1.2.2 image/png 242 fe2ad3fd311e kigaaldcbanejcbi.png
  file 2 image/png 158 e9ad657b559d attach2.png
`
