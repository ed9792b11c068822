/** Words, names and charsets of the languages in which the generated people write. */
export interface Language {
  readonly code: string
  readonly words: readonly string[]
  /** Between words: a space, or nothing where the script has none. */
  readonly space: string
  readonly stop: string
  readonly people: readonly string[]
  /** Older charset in which some of the mails of this language come (names as MIME has them). */
  readonly legacy: string | null
  readonly thanks: string
  readonly re: string
}

const list = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

export const english: Language = {
  code: 'en',
  space: ' ',
  stop: '.',
  legacy: 'us-ascii',
  thanks: 'Best wishes',
  re: 'Re',
  people: [
    'Anna Smith',
    'Grace Okafor',
    'Tom Baker',
    'Emeka Obi',
    'Lena Price',
    'Quinn Harper',
    'Rosa Lee',
    'Victor Hall',
  ],
  words: list(`meeting report garden train weekend project budget answer question ticket kitchen window morning evening
    river mountain paper letter school teacher doctor number address change update release version server backup photo
    holiday flight hotel booking invoice payment account contract draft review plan idea music concert recipe dinner
    coffee bicycle weather rain sunny winter summer neighbour family friend please remember bring send call wait start
    finish move open close read write think know find keep need want help build about after before between during
    without the a this that our your their some every next last first new old small large good early late`),
}

const german: Language = {
  code: 'de',
  space: ' ',
  stop: '.',
  legacy: 'iso-8859-1',
  thanks: 'Viele Grüße',
  re: 'AW',
  people: ['Björn Müller', 'Jürgen Weiß', 'Katrin Schröder', 'Sören Groß', 'Zoë Köhler'],
  words: list(`Besprechung Bericht Garten Straße Wochenende Prüfung Rechnung Größe Übersicht Änderung Schlüssel Tür
    schön grün früh spät können müssen über für zurück möglich natürlich vielleicht morgen gestern heute bitte danke
    Frühstück Brötchen Fußball Universität Gespräch Lösung Verfügung Anhang und oder aber weil dass wenn nicht mit ohne`),
}

const french: Language = {
  code: 'fr',
  space: ' ',
  stop: '.',
  legacy: 'iso-8859-15',
  thanks: 'Bien à vous',
  re: 'Re',
  people: ['François Dubois', 'Élodie Lefèvre', 'Noël Garçon', 'Hélène Château'],
  words:
    list(`réunion été école déjà peut-être après très élève garçon français maçon hôtel forêt où voilà problème système
    numéro présent prêt façon ça leçon œuvre cœur sœur merci bonjour facture contrat voyage maison jardin avec sans pour
    mais donc parce que nous vous elle ils une deux trois demain hier matin soirée`),
}

const spanish: Language = {
  code: 'es',
  space: ' ',
  stop: '.',
  legacy: 'windows-1252',
  thanks: 'Un saludo',
  re: 'RE',
  people: ['Inés García', 'Íñigo Peña', 'José Muñoz', 'María Núñez'],
  words: list(`mañana año niño señor reunión informe dirección teléfono música página último próximo también después
    según más qué cómo dónde cuándo factura pago viaje jardín cocina ventana carta escuela médico número cambio copia
    fiesta comida café bicicleta lluvia verano invierno familia amigo gracias hola con sin para pero porque cuando`),
}

const russian: Language = {
  code: 'ru',
  space: ' ',
  stop: '.',
  legacy: 'koi8-r',
  thanks: 'С уважением',
  re: 'Re',
  people: ['Иван Петров', 'Ольга Смирнова', 'Ульяна Кузнецова', 'Пётр Щукин'],
  words: list(`встреча отчёт сад поезд выходные проект бюджет ответ вопрос билет кухня окно утро вечер река гора бумага
    письмо школа учитель врач номер адрес изменение версия сервер копия фотография отпуск гостиница счёт оплата договор
    пожалуйста спасибо завтра сегодня вчера когда если потому что также очень можно нужно хорошо новый старый первый`),
}

const japanese: Language = {
  code: 'ja',
  space: '',
  stop: '。',
  legacy: 'iso-2022-jp',
  thanks: 'よろしくお願いします',
  re: 'Re',
  people: ['山田 太郎', '鈴木 花子', '佐藤 健', '高橋 直子'],
  words:
    list(`会議 報告 庭 電車 週末 計画 予算 返事 質問 切符 台所 窓 朝 夕方 川 山 紙 手紙 学校 先生 医者 番号 住所 変更
    写真 休暇 飛行機 予約 請求書 支払い 契約 音楽 料理 夕食 コーヒー 自転車 天気 雨 家族 友達 お願い 確認 連絡 送ります
    です ます ください ありがとう について から まで では また 新しい 古い 最初 来週`),
}

const chinese: Language = {
  code: 'zh',
  space: '',
  stop: '。',
  legacy: 'gbk',
  thanks: '此致敬礼',
  re: '回复',
  people: ['王伟', '李娜', '张敏', '刘洋'],
  words: list(`会议 报告 花园 火车 周末 项目 预算 回答 问题 票 厨房 窗户 早上 晚上 河 山 纸 信 学校 老师 医生 号码 地址
    更改 版本 服务器 备份 照片 假期 航班 酒店 预订 发票 付款 合同 音乐 菜谱 晚饭 咖啡 自行车 天气 下雨 家人 朋友 请 谢谢
    明天 今天 昨天 如果 因为 也 很 可以 需要 新的 旧的 第一`),
}

const korean: Language = {
  code: 'ko',
  space: ' ',
  stop: '.',
  legacy: 'euc-kr',
  thanks: '감사합니다',
  re: 'Re',
  people: ['김민수', '이지은', '박서준'],
  words:
    list(`회의 보고서 정원 기차 주말 계획 예산 대답 질문 표 부엌 창문 아침 저녁 강 산 종이 편지 학교 선생님 의사 번호
    주소 변경 사진 휴가 비행기 예약 청구서 음악 요리 커피 자전거 날씨 비 가족 친구 부탁 내일 오늘 어제 그리고 하지만`),
}

const hebrew: Language = {
  code: 'he',
  space: ' ',
  stop: '.',
  legacy: 'iso-8859-8',
  thanks: 'בברכה',
  re: 'Re',
  people: ['דוד לוי', 'נועה כהן'],
  words: list(
    'פגישה דוח גן רכבת סופשבוע תקציב תשובה שאלה כרטיס מטבח חלון בוקר ערב נהר הר נייר מכתב בית ספר מורה רופא מספר כתובת תודה בבקשה מחר היום אתמול אם כי גם מאוד חדש ישן ראשון',
  ),
}

const greek: Language = {
  code: 'el',
  space: ' ',
  stop: '.',
  legacy: 'iso-8859-7',
  thanks: 'Με εκτίμηση',
  re: 'Απ',
  people: ['Γιώργος Παππάς', 'Ελένη Νικολάου'],
  words: list(
    'συνάντηση αναφορά κήπος τρένο έργο απάντηση ερώτηση εισιτήριο κουζίνα παράθυρο πρωί βράδυ ποτάμι βουνό χαρτί γράμμα σχολείο γιατρός αριθμός διεύθυνση αλλαγή φωτογραφία ευχαριστώ παρακαλώ αύριο σήμερα χθες',
  ),
}

/** The first language writes most of the mail. */
export const languages: readonly Language[] = [
  english,
  german,
  french,
  spanish,
  russian,
  japanese,
  chinese,
  korean,
  hebrew,
  greek,
]

export const domains: readonly string[] = [
  'example.com',
  'example.org',
  'mail.example.net',
  'lists.example.org',
  'news.example.com',
  'shop.example.net',
]
