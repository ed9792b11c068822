/** Right values, looked at one by one; the form is described in `read-values.ts`. */
export const ZBATESON = String.raw`
zbateson/github-102-01.txt
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Jürgen Schmürgen <schmuergen@example.com>
  date 2000-05-17T23:08:29Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

zbateson/github-102-02.txt
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Jürgen Schmürgen <schmuergen@example.com>
  date 2000-05-17T23:08:29Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

zbateson/github-115.txt
  subject Test message from Microsoft Outlook 00
  from Doug Sauder <doug@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-17T23:32:47Z
  text The Hare and the Tortoise ⏎ ⏎A HARE one day ridiculed the short feet a…
  file 2 image/png 1325 68aa843030f8 blueball.png
  file 3 image/png 1298 258bcdd418e6 greenball.png
  file 4 image/png 1453 63aa82493459 redball.png

zbateson/m0009.txt
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-17T23:28:40Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

zbateson/m0010.txt
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-17T23:30:20Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…

zbateson/m0022.txt
  subject long att
  from <test@test.sk>
  date 2018-07-06T09:23:54Z
  html 219
  file 2 text/plain 149962 d4fc5496aeeb aaa.txt

zbateson/m0024.txt
  subject Persil, abeilles ...
  from John DOE <blablafakeemail@provider.fr>
  to list-name <list-name@list-domain.org>
  date 2014-07-21T15:57:01Z
  file 2 application/msword 27648 dd2de300691b Biodiversite de semaine en semaine.doc

zbateson/m3007.txt
  subject The Hare and the Tortoise
  from Doug Sauder <dwsauder@example.com>
  to Jürgen Schmürgen <jschmuergen@example.com>
  date 2000-05-19T04:50:08Z
  text The Hare and the Tortoise ⏎  ⏎A HARE one day ridiculed the short feet…
  file 2 image/png 1298 258bcdd418e6 greenball.png
  file 3 image/png 1325 68aa843030f8 blueball.png
  file 4 text/plain 747 d965dc2e4de4 HasenundFrösche.txt

zbateson/m4001.txt
  subject Die Hasen und die Frösche (Microsoft Outlook 00)
  from Doug Sauder <doug@example.com>
  to Jürgen Schmürgen <schmuergen@example.com>
  date 2000-05-17T23:08:29Z
  text Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über ihre mißliche…
  file 2 application/pgp-signature 32 395f991f1aca

zbateson/m4003.txt
  subject Test message from Microsoft Outlook 00
  from Doug Sauder <doug@example.com>
  to Joe Blow <jblow@example.com>
  date 2000-05-17T23:38:28Z
  text The Hare and the Tortoise ⏎ ⏎A HARE one day ridiculed the short feet a…
  html 1126
  file 2 application/pgp-signature 34 d479b8bdd3fb

zbateson/m4004.txt
  subject Die Hasen und die Frösche (Netscape Messenger 4.7)
  from Doug Sauder <dwsauder@example.com>
  to Heinz Müller <mueller@example.com>
  date 2000-05-18T03:13:09Z
  text [blue ball]⏎⏎Die Hasen und die Frösche⏎⏎Die Hasen klagten einst über i…
  html 1122
  file 1.1.2.2 image/png 1325 68aa843030f8 C:\TEMP\nsmailEG.png
  file 1.1.2.3 image/png 1453 63aa82493459 C:\TEMP\nsmail39.png
  file 1.2 image/png 1453 63aa82493459 redball.png
  file 1.3 image/png 1298 258bcdd418e6 greenball.png
  file 2 application/pgp-signature 34 8556654bf4ee

zbateson/m4007.txt
  subject Test multipart-digest
  from Test Sender <sender@email.test>
  to Test Recipient <recipient@email.test>
  date 2016-07-10T15:29:52Z
  text m1 body⏎⏎m2 body
  file 1 message/rfc822 329 0de166528d84
  file 1.1 message/rfc822 42 b90be61fe9f9
  file 1.2 message/rfc822 42 dd7fcb93b17f

zbateson/m4009.txt
  subject Attachment
  from Test Sender <meint@example.com>
  to Test Recipient <meint@example.com>
  date 2023-02-12T19:34:41Z
  text Test
  html 93
  file 2 text/plain 4 df3f619804a9 test10Mb.db
`
