/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const PHPMMP_SISIMAI = `
phpmmp/failure.eml
  from <foo@bar.de>
  to <foo@bar.de>
  text 次の受信者またはグループへの配信に失敗しました:

phpmmp/issue126.eml
  subject It's Maria,
  from Maria <gtssr942@ybb.ne.jp>
  to <anniejaytay@example.net>
  date 2016-11-17T08:40:20Z
  text Hey;)⏎how so? It's Maria⏎I'm very ripe person and presently look up go…
  file 1 text/plain 25 a0ca75eaf6e1 ATT00001.txt

phpmmp/issue212.eml
  subject Automatyczna odpowiedź: Piotrze, test z 6 miesięcy nauki ciągle na Ciebie czeka
  text toto
  html 82

phpmmp/issue230.eml
  subject Scientific conferences, Bulgaria 2019
  from Science and Education Foundation, Bulgaria <science@news-s.info>
  to <xxx@xxx.dk>
  date 2019-03-20T07:46:38Z
  text ACADEMIC NEWSLETTER #11 | March 2019⏎---------------------------------…
  html 5044

phpmmp/m0008.eml
  subject Testing MIME E-mail composing with cid
  from Name <name@company.com>
  to Name <name@company2.com>
  date 2005-04-30T22:28:29Z
  text This is an HTML message. Please use an HTML capable mail program to re…
  html 802
  file 1.2 image/gif 2695 0678808ad4cc logo.jpg
  file 1.3 image/gif 18255 972641cf4ae7 background.jpg
  file 2 text/plain 2229 01cd8c74b53a attachment.txt

phpmmp/m0009.eml
  subject Ogone NIEUWE order Maurits PAYID: 951597484 / orderID: 456123 / status: 5
  from Ogone <noreply@ogone.com>
  to <info@testsite.com>
  date 2013-09-30T22:42:18Z
  text ************************************************************⏎* Uw best…

phpmmp/m0016.eml
  subject Test message with multiple From headers
  from Doug Sauder <dwsauder@example.com>
  to Joe Blow <blow@example.com>
  date 2000-05-18T03:47:08Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…
  file 1 text/plain 747 d965dc2e4de4 HasenundFrösche.txt

phpmmp/m0020.eml
  subject 1
  from Finntack Newsletter <newsletter@finntack.com>
  to Clement Wong <clement.wong@finntack.com>
  date 2014-03-27T22:28:12Z
  text 1
  html 436
  file 3 text/calendar 1432 745815f49ec2

phpmmp/m0025.eml
  subject Testing MIME E-mail composing with cid
  from Name <name@company.com>
  to Name <name@company2.com>
  date 2005-04-30T22:28:29Z
  text This is an HTML message. Please use an HTML capable mail program to re…
  html 745
  file 1.2 image/gif 2695 0678808ad4cc logo.jpg
  file 1.3 image/gif 18255 972641cf4ae7 background.jpg
  file 2 text/plain 2229 01cd8c74b53a attachment.txt

sisimai/bsd__lhost-kddi-03.eml
  subject Mail
  from <no-reply@00000000000000.dion.ne.jp>
  to <kijitora@cat.example.jp>
  date 2013-04-28T15:00:00Z
  text Your mail sent on: Thu, 29 Apr 2013 00:00:00 +0900 ⏎     Could not be…
  file 2 message/rfc822 721 dd42de2cced5

sisimai/bsd__lhost-office365-12.eml
  subject Undeliverable: ネコニャーン
  from Microsoft Outlook <postmaster@outlook.com>
  to <azumakuniyuki@msol.example.net>
  date 2019-04-17T06:05:15Z
  text nijo.cr.neko.nyaan.jp rejected your message to the following email add…
  html 4585
  file 2 message/delivery-status 406 35db7fcf3d47
  file 3 message/rfc822 4066 ed30ab849250

sisimai/bsd__lhost-outlook-07.eml
  subject Delivery Status Notification (Failure)
  from <postmaster@mail.hotmail.com>
  to <shironeko@outlook.example.com>
  date 2015-01-31T05:29:41Z
  text This is an automatically generated Delivery Status Notification.⏎⏎Unab…
  file 2 message/delivery-status 201 eb1609b769bd
  file 3 message/rfc822 751 3dcd9b9180b5

sisimai/bsd__lhost-postfix-09.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@xxxc.asia>
  to <kijitora@example.ne.jp>
  date 2014-09-13T05:23:57Z
  text This is the mail system at host xxxc.asia.⏎⏎I'm sorry to have to infor…
  file 2 message/delivery-status 389 6175f292e0f6
  file 3 text/rfc822-headers 337 901b213afe5a

sisimai/bsd__lhost-postfix-17.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@mx20.example.jp>
  to <shironeko@m0.example.co.jp>
  date 2011-04-20T14:34:45Z
  text This is the mail system at host mx20.example.jp.⏎⏎I'm sorry to have to…
  file 2 message/delivery-status 373 80f2a8618574
  file 3 message/rfc822 378 e8619c5b1705

sisimai/bsd__lhost-postfix-48.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@mail.example.com>
  to <kijitora-nyaan@example.jp>
  date 2016-04-29T14:34:45Z
  text This is the mail system at host mail.example.com.⏎⏎I'm sorry to have t…
  file 2 message/delivery-status 394 cb6308b5723d
  file 3 message/rfc822 895 40d2e57d2192

sisimai/bsd__lhost-postfix-64.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@regiesmtp454.odiso.net>
  to <xxxx@xxxx.fr>
  date 2019-12-17T01:58:51Z
  text This is the mail system at host xxxx.xxxx.net.⏎⏎I'm sorry to have to i…
  file 2 message/delivery-status 158 83cbcbe016ae
  file 3 message/rfc822 810 4be8638f1bc3

sisimai/bsd__lhost-sendmail-18.eml
  subject Postmaster notify: see transcript for details
  from Mail Delivery Subsystem <MAILER-DAEMON>
  to postmaster <>
  date 2009-04-29T14:34:45Z
  text The original message was received at Thu, 29 Apr 2009 23:34:45 +0900⏎f…
  file 2 message/delivery-status 333 e654483f9845
  file 3 text/rfc822-headers 481 d89e3d54292b

sisimai/bsd__lhost-sendmail-41.eml
  subject Postmaster notify: see transcript for details
  from Mail Delivery Subsystem <MAILER-DAEMON@mx2.example.jp>
  to <postmaster@mx2.example.jp>
  date 2016-09-12T19:50:33Z
  text The original message was received at Tue, 13 Sep 2016 04:50:26 +0900⏎f…
  file 2 message/delivery-status 484 47b8b2bb8a08
  file 3 message/rfc822 2283 19f56dae82ef
  file 3.2 message/delivery-status 371 4860f2a38f1f
  file 3.3 message/rfc822 1050 0fe555dc6691

sisimai/bsd__lhost-x2-04.eml
  subject Delivery failure
  from <MAILER-DAEMON@example.jp>
  to <shironeko@r.example.org>
  date 2003-04-09T09:00:00Z
  text Message from example.jp.⏎Unable to deliver message to the following ad…

sisimai/bsd__rfc3464-26.eml
  subject Delivery Status Notification (Failure)
  from <postmaster@mx451r0.example.com>
  to <Postmaster@example.or.jp>
  date 2014-08-31T14:45:56Z
  text This is an automatically generated Delivery Status Notification.⏎⏎Deli…
  file 2 message/delivery-status 270 183934bc16ad
  file 3 message/rfc822 1665 7f27a874fe0b
  file 3.2 message/rfc822 797 ac7a2d01daf3

sisimai/bsd__rfc3464-57.eml
  subject Delivery Status Notification (Failure)
  from Mail Delivery Subsystem <mailer-daemon@googlemail.com>
  to <azumakuniyuki@google.example.com>
  date 2018-05-21T04:42:10Z
  text ** Address not found **⏎⏎Your message wasn't delivered to otsu-sakaba-…
  html 1299
  file 1.2 image/png 1450 53f8dda136f7 icon.png
  file 2 message/delivery-status 472 ddd6baaadaee
  file 3 message/rfc822 2123 1147745d7564

sisimai/bsd__rfc3464-58.eml
  subject Delivery Status Notification (Failure)
  from Mail Delivery Subsystem <mailer-daemon@googlemail.com>
  to <azumakuniyuki@google.example.com>
  date 2018-05-21T07:49:25Z
  text ** Address not found **⏎⏎Your message wasn't delivered to otsu-sakaba-…
  html 1353
  file 1.2 image/png 1450 53f8dda136f7 icon.png
  file 2 message/delivery-status 520 b8b58f623c43
  file 3 message/rfc822 2126 16a4e70b241c

sisimai/bsd__rfc3464-63.eml
  subject Delivery Status Notification (Failure)
  from Mail Delivery Subsystem <mailer-daemon@googlemail.com>
  to <azumakuniyuki@google.example.com>
  date 2020-03-03T07:50:45Z
  text ** Address not found **⏎⏎Your message wasn't delivered to libsisimai-2…
  html 1739
  file 1.2 image/png 1450 53f8dda136f7 icon.png
  file 2 message/delivery-status 766 e266ec34b0d6
  file 3 message/rfc822 2876 c4e50f8e4ca7

sisimai/bsd__rhost-franceptt-06.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@xxxx.xxxx.net>
  to <xxxx@xxxx.fr>
  date 2019-12-17T09:13:17Z
  text This is the mail system at host xxxx.xxxx.net.⏎⏎I'm sorry to have to i…
  file 2 message/delivery-status 517 f5affe1f5338
  file 3 message/rfc822 760 3e5d5a33f8c5

sisimai/bsd__rhost-google-02.eml
  subject Undelivered Mail Returned to Sender
  from Mail Delivery System <MAILER-DAEMON@mail.example.co.jp>
  to <kijitora@example.com>
  date 2018-04-29T14:34:45Z
  text This is the mail system at host mail.example.co.jp.⏎⏎I'm sorry to have…
  file 2 message/delivery-status 653 19f0a0ffd277
  file 3 message/rfc822 897 4c81b4411c46

sisimai/dos__lhost-bigfoot-01.eml
  subject Returned mail: Requested action not taken: mailbox name not allowed
  from Mail Delivery Subsystem <MAILER-DAEMON@bigfoot.com>
  to <user@xxxxxxxxxx.com>
  date 2014-12-29T02:17:16Z
  text The original message was received at Sun, 28 Dec 2014 18:17:16 -0800⏎f…
  file 2 message/delivery-status 359 25934cfa7824
  file 3 message/partial 714 49f6aa50d09b
`
